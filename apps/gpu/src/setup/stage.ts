import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '@hifigan/train/node';

const PARTIAL = 'partial-';

/**
 * One stage of a setup: fills a folder. The work is done in a temporary folder beside it, which is
 * renamed when all is there: a folder of the final name is a finished stage, and is kept.
 *
 * @param cache the cache's folder, on whose disk the temporary folder lies
 * @returns whether there was work to do
 */
export async function stage(
  cache: string,
  folder: string,
  work: (temporary: string) => Promise<void>,
  { again = false }: { readonly again?: boolean } = {},
): Promise<boolean> {
  if (existsSync(folder) && !again) return false;
  const temporary = mkdtempSync(join(cache, PARTIAL));
  try {
    await work(temporary);
    makeFolder(dirname(folder));
    // What was there goes only now that its successor is complete.
    if (existsSync(folder)) renameSync(folder, mkdtempSync(join(cache, PARTIAL)));
    renameSync(temporary, folder);
  } finally {
    removePartial(cache);
  }
  return true;
}

/** Removes what setups that were ended in the middle left. Only for who holds the lock. */
export function removePartial(cache: string): void {
  for (const name of readdirSync(cache)) {
    if (name.startsWith(PARTIAL)) rmSync(join(cache, name), { recursive: true, force: true });
  }
}
