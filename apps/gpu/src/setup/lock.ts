import { join } from 'node:path';
import { FileLock, LockHeldError } from '@hifigan/train/node';
import { SetupError } from './setup-error.js';

/**
 * Takes the cache for one setup alone.
 *
 * @throws SetupError where another setup, still at work, has it
 */
export async function lock(cache: string): Promise<FileLock> {
  try {
    return await FileLock.take(join(cache, 'setup.lock'));
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    const { path, holder } = error;
    const who = holder ? `${holder.host}, process ${holder.pid}` : 'no name in it';
    throw new SetupError(
      `${path} is held by another setup (${who}); wait for it, or remove that file where that setup is gone`,
      { cause: error },
    );
  }
}
