import { existsSync, mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** A folder that cannot be made or written into; the message names it and the cure. */
export class FolderError extends Error {
  override readonly name = 'FolderError';
}

/**
 * Makes a folder, and those above it that are missing. Level by level: Node's recursive `mkdir` never returns where
 * the nearest existing folder takes none (`/proc`).
 *
 * @param shown what to call it in errors
 * @returns the topmost of the folders that were made, for {@link removeMade}; undefined where it was there already
 * @throws FolderError; then nothing is left
 */
export function makeFolder(path: string, shown = path): string | undefined {
  const missing = missingLevels(resolve(path), shown);
  let made: string | undefined;
  for (const level of missing) {
    try {
      mkdirSync(level);
      made ??= level;
    } catch (error) {
      // Another process was quicker.
      if (codeOf(error) === 'EEXIST' && isFolder(level, shown)) continue;
      if (made) removeMade(dirname(level), made);
      throw refusal(shown, dirname(level), error);
    }
  }
  return made;
}

/** Takes back what {@link makeFolder} made, as far as the folders are empty. */
export function removeMade(path: string, made: string | undefined): void {
  if (made === undefined) return;
  const top = dirname(resolve(made));
  for (let level = resolve(path); level !== top && level.length > top.length; ) {
    try {
      rmdirSync(level);
    } catch {
      return;
    }
    level = dirname(level);
  }
}

/**
 * Whether files can be made in a folder that is there or could be made: tried with a folder in the nearest one that
 * exists, which is removed at once. For the time before long work.
 *
 * @param shown what to call it in errors
 * @throws FolderError where not
 */
export function probeFolder(path: string, shown = path): void {
  const target = resolve(path);
  const [first] = missingLevels(target, shown);
  const nearest = first === undefined ? target : dirname(first);
  try {
    rmdirSync(mkdtempSync(join(nearest, '.hifigan-')));
  } catch (error) {
    throw refusal(shown, nearest, error);
  }
}

/** What has to be made, the topmost first. */
function missingLevels(target: string, shown: string): string[] {
  const missing: string[] = [];
  for (let level = target; !isFolder(level, shown); level = dirname(level)) {
    if (existsSync(level)) {
      throw new FolderError(
        `${shown}: cannot be written, because ${level} is a file, where a folder must be; choose another place`,
      );
    }
    missing.unshift(level);
    if (level === dirname(level)) break;
  }
  return missing;
}

/** @throws FolderError where the system does not say */
function isFolder(path: string, shown: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw refusal(shown, dirname(path), error);
  }
}

function refusal(shown: string, parent: string, error: unknown): FolderError {
  const code = codeOf(error);
  const reason = (code && WHY[code]?.(parent)) ?? (error as Error).message;
  return new FolderError(`${shown}: cannot be written, because ${reason}; choose another place`, {
    cause: error,
  });
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

const denied = (parent: string) => `there is no permission to write in ${parent}`;

const WHY: Readonly<Record<string, (parent: string) => string>> = {
  // The parent exists, and yet nothing can be made in it: /proc, /sys and the like.
  ENOENT: (parent) => `${parent} takes no files or folders`,
  EACCES: denied,
  EPERM: denied,
  EROFS: (parent) => `the disk of ${parent} is read-only`,
  ENOSPC: (parent) => `the disk of ${parent} is full`,
  EDQUOT: (parent) => `the disk quota of ${parent} is used up`,
  // A link to nowhere: what is there and can be followed was met before.
  EEXIST: () => 'a link that leads nowhere is in the way',
  ENAMETOOLONG: () => 'the name is too long for this disk',
  ELOOP: () => 'it is a link that leads back to itself',
};
