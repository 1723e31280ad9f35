import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { REASONS, UserError } from '../errors.js';

/** A folder that takes its name only when it is whole. */
export interface FolderDraft {
  /** Where to write meanwhile. */
  readonly path: string;
  /** Gives it its name, in the place of an older one. */
  finish(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}

/**
 * Begins a folder beside the one that it will become.
 *
 * @param mark a file that shows that an older folder is of the same kind: only such a one may be replaced
 * @throws UserError where something is there already that must not be touched
 */
export async function draftFolder(
  target: string,
  shown: string,
  { force, mark }: { force: boolean; mark: string },
): Promise<FolderDraft> {
  const found = await stat(target).catch(() => undefined);
  if (found && !found.isDirectory())
    throw new UserError(`${shown}: is a file; choose another name`);
  const entries = found ? await readdir(target) : [];
  if (entries.length > 0) {
    if (!force) {
      throw new UserError(
        `${shown}: exists already; choose another name, or replace it with --force`,
      );
    }
    if (!entries.includes(mark)) {
      throw new UserError(
        `${shown}: is not replaced, because it has no ${mark} and so was not made by this command; choose another name`,
      );
    }
  }
  const suffix = randomBytes(4).toString('hex');
  const path = join(dirname(target), `.${basename(target)}.${suffix}.partial`);
  await inWords(shown, () => mkdir(path, { recursive: true }));
  return {
    path,
    finish: () =>
      inWords(shown, async () => {
        const old = `${path}.old`;
        if (found) await rename(target, old);
        await rename(path, target);
        if (found) await rm(old, { recursive: true, force: true });
      }),
    discard: () => rm(path, { recursive: true, force: true }),
  };
}

/** Whether one folder lies in the other, or is it. */
export function overlaps(a: string, b: string): boolean {
  const inside = (path: string) => path === '' || !(path === '..' || path.startsWith(`..${sep}`));
  return inside(relative(a, b)) || inside(relative(b, a));
}

async function inWords<T>(shown: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${shown}: cannot be written: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  }
}
