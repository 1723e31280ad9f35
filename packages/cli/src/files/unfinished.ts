import { rmSync } from 'node:fs';

const unfinished = new Set<string>();

/**
 * Notes a file or folder that is being made under another name than its own.
 *
 * @returns to be called when it is whole or gone
 */
export function trackUnfinished(path: string): () => void {
  unfinished.add(path);
  return () => void unfinished.delete(path);
}

/** Removes what is half written; for the moment before the process ends at once. */
export function removeUnfinished(): void {
  for (const path of unfinished) {
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // There is nobody left to tell.
    }
  }
  unfinished.clear();
}
