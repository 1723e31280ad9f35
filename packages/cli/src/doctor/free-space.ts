import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Bytes that this user may still write on the disk of a path, which need not be there yet.
 *
 * @returns undefined where the system does not say
 */
export async function freeSpace(path: string): Promise<number | undefined> {
  const above = dirname(path);
  if (!existsSync(path) && above !== path) return freeSpace(above);
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
