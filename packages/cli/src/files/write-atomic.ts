import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
  const target = direct
    ? path
    : join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`);
  const forget = direct ? () => undefined : trackUnfinished(target);
  try {
    await mkdir(dirname(path), { recursive: true });
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
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UserError(`${path}: cannot be written: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  } finally {
    forget();
  }
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
