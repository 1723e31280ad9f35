import { rmSync } from 'node:fs';

/** What is to be undone where the process ends before its time. */
const undoings = new Set<() => void>();
let saves: Promise<unknown>[] = [];

/**
 * Notes what to undo where the process ends at once; must be synchronous.
 *
 * @returns to be called when there is nothing to undo any more
 */
export function undoAtEnd(undo: () => void): () => void {
  undoings.add(undo);
  return () => void undoings.delete(undo);
}

/**
 * Notes a file or folder that is being made under another name than its own.
 *
 * @returns to be called when it is whole or gone
 */
export function trackUnfinished(path: string): () => void {
  return undoAtEnd(() => rmSync(path, { recursive: true, force: true }));
}

/** Removes what is half written and lets go of locks; for the moment before the process ends at once. */
export function removeUnfinished(): void {
  for (const undo of undoings) {
    try {
      undo();
    } catch {
      // There is nobody left to tell.
    }
  }
  undoings.clear();
}

/** Does what must not be interrupted once it has begun: {@link savesUnderWay} has it until it is done. */
export async function asSave<T>(work: () => Promise<T>): Promise<T> {
  const save = work();
  saves.push(save);
  try {
    return await save;
  } finally {
    saves = saves.filter((one) => one !== save);
  }
}

/** Settles when what is being saved is, well or not; undefined where nothing is. */
export function savesUnderWay(): Promise<unknown> | undefined {
  return saves.length > 0 ? Promise.allSettled(saves) : undefined;
}
