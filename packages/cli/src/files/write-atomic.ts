import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type FileBytes,
  FolderError,
  makeFolder,
  WriteError,
  writeFileAtomically,
} from '@hifigan/train/node';
import { REASONS, UserError } from '../errors.js';

/**
 * Writes a file wholly or not at all: into a file of another name in the same folder, which then takes the
 * name. Devices and pipes (`/dev/stdout`) are written directly. Missing folders are made.
 *
 * @throws UserError naming the file and the cure; nothing is left behind
 */
export async function writeAtomic(path: string, content: FileBytes): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) throw new UserError(`${path}: is a folder, where a file is needed`);
  try {
    if (found && !found.isFile()) await writeFile(path, content);
    else await writeWhole(path, content);
  } catch (error) {
    if (error instanceof FolderError) throw error;
    const reason = error instanceof WriteError ? error.cause : error;
    const { code, message } = reason as NodeJS.ErrnoException;
    // Of what makes the pieces, not of the disk.
    if (code === undefined && typeof content !== 'string' && !(content instanceof Uint8Array)) {
      throw error;
    }
    throw new UserError(`${path}: cannot be written: ${(code && REASONS[code]) ?? message}`, {
      cause: error,
    });
  }
}

async function writeWhole(path: string, content: FileBytes): Promise<void> {
  const draft = join(dirname(path), partialOf(basename(path)));
  makeFolder(dirname(path), path);
  await writeFileAtomically(path, content, { draft });
}

/** What a file or folder is called until it is whole. */
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
