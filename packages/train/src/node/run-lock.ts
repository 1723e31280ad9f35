import { join } from 'node:path';
import { FileLock, LockHeldError } from './file-lock.js';

/**
 * Takes the folder of a run for one process alone: two would prune and overwrite each other's checkpoints. The
 * folder must be there; makes `run.lock` in it. A lock whose process is gone is taken over.
 *
 * @param warn told of a lock that was taken over
 * @throws WriteError where the disk is full; where another run holds the folder, or one on another machine may
 */
export async function takeRunLock(folder: string, warn: (text: string) => void): Promise<FileLock> {
  const path = join(folder, 'run.lock');
  try {
    const lock = await FileLock.take(path);
    if (lock.takenFrom) {
      warn(`${path}: taken over from process ${lock.takenFrom.pid}, which is gone`);
    }
    return lock;
  } catch (error) {
    throw error instanceof LockHeldError ? inUse(folder, error) : error;
  }
}

function inUse(folder: string, { path, holder }: LockHeldError): Error {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new Error(
    `${folder}: must be of one training alone, because ${who} trains here, and two would overwrite each other's checkpoints; wait for it or name another folder. If it is gone for certain, remove ${path}`,
  );
}
