import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FolderError, makeFolder } from '@hifigan/train/node';
import { REASONS, UserError } from '../errors.js';
import { trackUnfinished } from './unfinished.js';

/**
 * Writes a file wholly or not at all: into a file of another name in the same folder, which then takes the
 * name. Devices and pipes (`/dev/stdout`) are written directly. Missing folders are made.
 *
 * @throws UserError naming the file and the cure; nothing is left behind
 */
export async function writeAtomic(path: string, content: Uint8Array | string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path}: is a folder, where a file is needed`);
  const direct = found !== undefined && !found.isFile();
  const target = direct ? path : join(dirname(path), partialOf(basename(path)));
  const forget = direct ? () => undefined : trackUnfinished(target);
  try {
    makeFolder(dirname(path), path);
    const file = await open(target, direct ? 'w' : 'wx');
    try {
      await file.writeFile(content);
      // Full disks and broken mounts may say so only now.
      if (!direct) await file.sync();
    } finally {
      await file.close();
    }
    if (!direct) await rename(target, path);
  } catch (error) {
    if (!direct) await unlink(target).catch(() => undefined);
    if (error instanceof FolderError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${path}: cannot be written: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  } finally {
    forget();
  }
}

/** What a file is called until it is whole. */
export function partialOf(name: string): string {
  return `.${name}.${randomBytes(4).toString('hex')}.partial`;
}

/**
 * Refuses to write over a file; called before the work begins, so that no work is lost.
 *
 * @throws UserError where it exists and `force` is not set
 */
export async function refuseExisting(path: string, force: boolean): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path}: is a folder, where a file is needed`);
  if (found?.isFile() && !force) {
    throw new UserError(
      `${path}: exists already; choose another name, or write over it with --force`,
    );
  }
}

/** Whether something is at that path. */
export async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
