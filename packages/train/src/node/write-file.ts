import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ending of files that are being written. */
export const PARTIAL = '.tmp';

/**
 * Writes a file so that at any moment, a loss of power included, the path holds the old file or the new one,
 * whole.
 *
 * @throws where it cannot be written; the old file is as it was
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const partial = path + PARTIAL;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw explained(path, error);
  }
  await syncFolder(dirname(path));
}

/** Makes a rename last. Not every file system lets one open a folder; then it has to do without. */
async function syncFolder(path: string): Promise<void> {
  let folder: FileHandle | undefined;
  try {
    folder = await open(path, 'r');
    await folder.sync();
  } catch {
    return;
  } finally {
    await folder?.close();
  }
}

function explained(path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Error(
      `${path}: not written, because the disk is full; what was there before is untouched. Free some space and go on with --resume`,
      { cause: error },
    );
  }
  return new Error(`${path}: not written: ${message}; what was there before is untouched`, {
    cause: error,
  });
}
