import { renameSync } from 'node:fs';
import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { FolderError, makeFolder, trackUnfinished } from '@hifigan/train/node';
import { REASONS, UserError } from '../errors.js';
import { partialOf } from '../files/write-atomic.js';

/** What a folder becomes, and what may be in its place. */
export interface WholeFolder {
  readonly target: string;
  /** As the user knows it. */
  readonly shown: string;
  /** Whether an older one may be replaced. */
  readonly force: boolean;
  /** A file that shows that an older folder is of the same kind: only such a one is replaced. */
  readonly mark: string;
  /** Told where an older folder was replaced and yet is not gone. */
  readonly warn: (text: string) => void;
}

/**
 * Makes a folder that takes its name only when it is whole: the work writes beside it, and after an error or Ctrl-C
 * nothing is left and an older folder is as it was.
 *
 * @param work is handed the folder to write into
 * @throws UserError where something is there already that must not be touched, or the work's own
 */
export async function writeWholeFolder<T>(
  { target, shown, force, mark, warn }: WholeFolder,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const replaces = await checkReplaceable({ target, shown, force, mark });
  const draft = join(dirname(target), partialOf(basename(target)));
  const old = replaces ? `${draft}.old` : undefined;
  const forget = trackUnfinished(draft);
  let result: T;
  try {
    makeFolder(draft, shown);
    result = await work(draft);
    takePlace(draft, target, old);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw inWords(error, draft, shown);
  } finally {
    forget();
  }
  if (old) await removeOld(old, { shown, warn });
  return result;
}

/** The new folder is in place whatever becomes of the old one. */
async function removeOld(
  old: string,
  { shown, warn }: Pick<WholeFolder, 'shown' | 'warn'>,
): Promise<void> {
  const forget = trackUnfinished(old);
  try {
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    const { message } = error as Error;
    const rest = join(dirname(shown), basename(old));
    warn(`${shown} is written; what it replaced could not be removed (${message}): remove ${rest}`);
  } finally {
    forget();
  }
}

/**
 * Gives the draft its name; what has it now goes to `old`, and comes back where that fails. Synchronous, so that no
 * signal is handled in between.
 */
function takePlace(draft: string, target: string, old: string | undefined): void {
  if (!old) {
    renameSync(draft, target);
    return;
  }
  renameSync(target, old);
  try {
    renameSync(draft, target);
  } catch (error) {
    renameSync(old, target);
    throw error;
  }
}

/** Whether there is a folder to replace. @throws UserError where it must stay */
export async function checkReplaceable({
  target,
  shown,
  force,
  mark,
}: Omit<WholeFolder, 'warn'>): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return false;
  if (!found.isDirectory()) throw new UserError(`${shown}: is a file; choose another name`);
  const entries = await readdir(target);
  if (entries.length === 0) return true;
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
  return true;
}

/** The draft's name means nothing to the user. */
function inWords(error: unknown, draft: string, shown: string): unknown {
  if (error instanceof UserError || error instanceof FolderError) {
    return new UserError(error.message.replaceAll(draft, shown), { cause: error });
  }
  const { code } = error as NodeJS.ErrnoException;
  const reason = code && REASONS[code];
  return reason ? new UserError(`${shown}: cannot be written: ${reason}`, { cause: error }) : error;
}

/** A path without links, where the last parts of it need not be there yet. */
export async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const above = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === path) return path;
    return join(await realPathOf(above), basename(path));
  }
}

/** Whether one folder lies in the other, or is it. */
export function overlaps(a: string, b: string): boolean {
  return liesIn(a, b) || liesIn(b, a);
}

/** Whether a path lies in a folder, or is it. */
export function liesIn(path: string, folder: string): boolean {
  const below = relative(folder, path);
  return !(below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below));
}
