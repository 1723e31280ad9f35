import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { writeWholeFolder } from '../prepare/output-folder.js';
import { FOLDERS, type Target, type TargetFiles } from './targets.js';

/**
 * Writes a model whole or not at all: a folder takes its name when it is complete, and of a file and what goes beside
 * it the file goes last.
 *
 * @throws UserError where something is there that must not be touched
 */
export async function writeTarget(
  context: Context,
  files: TargetFiles,
  {
    target,
    out,
    force,
  }: { readonly target: Target; readonly out: string; readonly force: boolean },
): Promise<void> {
  const path = pathOf(context, out);
  const mark = FOLDERS[target];
  if (mark !== undefined) {
    const warn = (text: string) => context.console.warn(text);
    await writeWholeFolder({ target: path, shown: out, force, mark, warn }, async (draft) => {
      for (const [name, content] of Object.entries(files)) {
        await writeAtomic(join(draft, name), content);
      }
    });
    return;
  }
  const folder = dirname(path);
  const name = basename(out);
  const others = Object.keys(files).filter((other) => other !== name && other !== 'config.json');
  checkWritable([{ path, shown: out }]);
  for (const file of [...others, name]) await refuseExisting(join(folder, file), force);
  const config = files['config.json'] as string;
  const beside = join(folder, 'config.json');
  const there = await readFile(beside, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // What cannot be read must not be written over as if it were not there.
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const isSame = there !== undefined && isSameConfig(there, config);
  if (there !== undefined && !isSame && !force) {
    throw new UserError(
      `${join(dirname(out), 'config.json')}: is there already and is another model's; choose another folder, or write over it with --force`,
    );
  }
  if (!isSame) await writeAtomic(beside, config);
  // That which was named is the last: with it all is there.
  for (const file of [...others, name]) await writeAtomic(join(folder, file), files[file]);
}

/** Whether two say the same, however they are laid out: the reference, trainings and conversions each do it their way. */
function isSameConfig(one: string, other: string): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
  } catch {
    return false;
  }
}
