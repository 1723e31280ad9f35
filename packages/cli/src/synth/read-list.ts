import { basename, isAbsolute, normalize } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import type { FoundFile } from '../files/find-files.js';
import { readInput } from '../files/read-input.js';

/**
 * Reads a list of inputs: one path a line, or `path|out`, blanks around them aside; empty lines and those that begin
 * with `#` are left out. Whether they exist is not asked:
 * what cannot be read fails by itself, and the others go on.
 *
 * @throws UserError where the list cannot be read, names nothing or a place elsewhere
 */
export async function readList(context: Context, typed: string): Promise<FoundFile[]> {
  const shownList = typed === '-' ? 'stdin' : typed;
  const text = decode(await readInput(context, typed, shownList), shownList);
  const files = text.split(/\r?\n/).flatMap((line, index): FoundFile[] => {
    if (/^\s*(#|$)/.test(line)) return [];
    const where = `${shownList}: line ${index + 1}`;
    const [path, out, ...more] = line.split('|').map((part) => part.trim());
    if (path === '-') throw new UsageError(`${where}: - cannot stand in a list; name files`);
    if (path === '' || more.length > 0) {
      throw new UserError(`${where}: must be a path, or path|out; correct it`);
    }
    return [
      {
        path: pathOf(context, path),
        shown: path,
        relative: basename(path),
        fromFolder: true,
        ...(out !== undefined && { named: belowFolder(out, where) }),
      },
    ];
  });
  if (files.length === 0)
    throw new UserError(`${shownList}: names no files; write one path a line`);
  return files;
}

/** A byte order mark, as editors of Windows write it, is no part of it. */
function decode(bytes: Uint8Array, shown: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError(`${shown}: must be text (UTF-8) with one path a line; save it so`);
  }
}

/** A list may come from anywhere: it writes nothing outside of the folder that was named. */
function belowFolder(out: string, where: string): string {
  const path = normalize(out);
  if (out === '' || isAbsolute(path) || path.split(/[/\\]/)[0] === '..' || path === '.') {
    throw new UserError(
      `${where}: out=${out} must be a name below --out, such as a/b.wav; correct it`,
    );
  }
  return path;
}
