import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Ending of files that are being written. */
export const PARTIAL = '.tmp';

/** What a file shall hold. */
export interface FileContent {
  readonly path: string;
  readonly bytes: Uint8Array | string;
}

/**
 * Writes a file so that at any moment, a loss of power included, the path holds the old file or the new one,
 * whole.
 *
 * @throws where it cannot be written; the old file is as it was
 */
export function writeFileAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  return writeFilesAtomically([{ path, bytes }]);
}

/**
 * Writes files that belong together: all of them whole under another name (`.tmp`) first, then one after the
 * other takes its own. A full disk is met before any file is changed; a kill between two renames leaves the
 * rest whole under the other name, for {@link finishRename}.
 *
 * @throws where one cannot be written; the old files are as they were
 */
export async function writeFilesAtomically(files: readonly FileContent[]): Promise<void> {
  for (const { path, bytes } of files) {
    try {
      await writeDurably(path + PARTIAL, bytes);
    } catch (error) {
      for (const { path } of files) {
        // Left behind, it does no harm; the reason is what counts.
        await rm(path + PARTIAL, { force: true }).catch(() => undefined);
      }
      throw explained(path, error);
    }
  }
  for (const { path } of files) await finishRename(path);
}

/** Gives a file that was written whole as `path` + `.tmp` its name. */
export async function finishRename(path: string): Promise<void> {
  try {
    await rename(path + PARTIAL, path);
  } catch (error) {
    throw explained(path, error);
  }
  await syncFolder(dirname(path));
}

async function writeDurably(path: string, bytes: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w');
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
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

/** An error of writing, with the path and what to do. */
export function explained(path: string, error: unknown): Error {
  const code = (error as NodeJS.ErrnoException).code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Error(
      `${path}: not written, because the disk is full; what was there before is untouched. Free some space and run the same command again`,
      { cause: error },
    );
  }
  return new Error(`${path}: not written: ${message}; what was there before is untouched`, {
    cause: error,
  });
}
