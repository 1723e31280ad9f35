import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SetupError } from './setup-error.js';

/**
 * Takes the cache for one setup alone.
 *
 * @returns gives it back
 * @throws SetupError where another setup, still at work, has it
 */
export function lock(cache: string): () => void {
  const path = join(cache, 'setup.lock');
  const own = `${path}.${hostname()}.${process.pid}`;
  for (;;) {
    // Written apart and linked: the lock is never there without its holder's name.
    writeFileSync(own, `${hostname()} ${process.pid}`);
    try {
      linkSync(own, path);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(own, { force: true });
    }
    const holder = read(path);
    if (holder && !isGone(holder)) {
      throw new SetupError(
        `${path} is held by another setup (${holder.host}, process ${holder.pid}); wait for it, or ` +
          'remove that file where that setup is gone',
      );
    }
    rmSync(path, { force: true });
  }
}

interface Holder {
  readonly host: string;
  readonly pid: number;
}

function read(path: string): Holder | undefined {
  try {
    const [host, pid] = readFileSync(path, 'utf8').split(' ');
    return { host, pid: Number(pid) };
  } catch {
    // Given back in the meantime.
    return undefined;
  }
}

/** Whether the holder is a process of this machine that ended without giving the lock back. */
function isGone({ host, pid }: Holder): boolean {
  if (host !== hostname() || !Number.isInteger(pid)) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
