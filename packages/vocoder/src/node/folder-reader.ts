import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BundleError } from '../bundle-error.js';
import type { BundleReader } from '../bundle-source.js';

/**
 * A bundle in a folder of the disk, for `Vocoder.load` and `openBundle`.
 *
 * @param folder its path, or a `file:` address
 * @throws BundleError where it is neither; when a file is read, where the folder is none or cannot be read
 */
export function folderReader(folder: string | URL): BundleReader {
  const path = pathOf(folder);
  return {
    where: path,
    async read(name, { signal } = {}) {
      try {
        return await readFile(join(path, name), { signal });
      } catch (error) {
        signal?.throwIfAborted();
        if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR')
          throw unreadable(path, error);
        await checkFolder(path);
        return undefined;
      }
    },
  };
}

function pathOf(folder: string | URL): string {
  if (typeof folder === 'string' && folder !== '' && !/^[a-z][a-z\d+.-]+:\/\//i.test(folder)) {
    return folder;
  }
  try {
    return fileURLToPath(folder);
  } catch (cause) {
    throw new BundleError(
      String(folder) || 'folderReader',
      [
        'must be the path of a folder, or its file: address, because it is read from a disk; an address of the web goes to Vocoder.load as it is',
      ],
      { cause },
    );
  }
}

/** A file that is missing is told by whoever needs it; a folder that is missing is told here. */
async function checkFolder(path: string): Promise<void> {
  try {
    await readdir(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): BundleError {
  const problem = {
    ENOENT: 'is not there, and must be the folder of a bundle; check the path',
    ENOTDIR: 'is a file, and must be the folder of a bundle, because that is several files',
  }[codeOf(cause) ?? ''];
  return new BundleError(
    path,
    [problem ?? `cannot be read: ${(cause as Error).message}; check its permissions`],
    { cause },
  );
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
