import { rmdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Folders that are still to be made for some files. @returns those furthest down first */
export async function missingFolders(paths: readonly string[]): Promise<readonly string[]> {
  const missing = new Set<string>();
  const there = new Set<string>();
  for (const path of paths) {
    for (let folder = dirname(path); !missing.has(folder) && !there.has(folder); ) {
      const found = await stat(folder).catch(() => undefined);
      (found ? there : missing).add(folder);
      if (found) break;
      folder = dirname(folder);
    }
  }
  return [...missing].sort((a, b) => b.length - a.length);
}

/** Removes those that are empty; others stay as they are. @param folders those furthest down first */
export async function removeEmptyFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await rmdir(folder).catch(() => undefined);
}
