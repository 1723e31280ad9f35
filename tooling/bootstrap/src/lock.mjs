import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

const POLL_MILLISECONDS = 500;

/**
 * Runs `work` while no other process does so under the same lock. A lock whose owner is gone is taken
 * over.
 *
 * @template T
 * @param {string} path of a file, made for the time being
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(path, work) {
  for (let said = false; !tryLock(path); said = true) {
    if (!said) console.log(`Waiting for the process that holds ${path} …`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * Written apart and linked, so that the lock is never there without its owner's name: whoever looks in between
 * would take the owner for dead.
 *
 * The packages have this a second time, `FileLock` in packages/train: they are published and must not import from here,
 * and this must run before anything is installed or built.
 *
 * @param {string} path
 * @returns {boolean} whether it is ours now
 */
export function tryLock(path) {
  const own = `${path}.${hostname()}.${process.pid}`;
  for (;;) {
    writeFileSync(own, `${hostname()} ${process.pid}`);
    try {
      linkSync(own, path);
      return true;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    } finally {
      rmSync(own, { force: true });
    }
    const state = ownerOf(path);
    if (state === 'alive' || (state === 'dead' && !removeDead(path))) return false;
  }
}

/**
 * Of two processes that have seen the same dead lock, the slower would remove what is the quicker's by now. So only
 * one at a time may, and it looks again first. What lets them in one by one is a lock itself, and if its owner dies,
 * it is taken over in the same way.
 *
 * @param {string} path
 * @returns {boolean} whether it was our turn
 */
function removeDead(path) {
  const turn = `${path}.takeover`;
  if (!tryLock(turn)) return false;
  try {
    if (ownerOf(path) === 'dead') rmSync(path, { recursive: true, force: true });
  } finally {
    rmSync(turn, { force: true });
  }
  return true;
}

/**
 * @param {string} path
 * @returns {'alive' | 'dead' | 'none'}
 */
function ownerOf(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    // Given back in the meantime; else it is not of our making.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ENOENT' ? 'none' : 'dead';
  }
  const [host, pid] = text.split(' ');
  // Processes of another machine that shares the folder cannot be seen from here.
  if (pid && host !== hostname()) return 'alive';
  try {
    process.kill(Number(pid), 0);
    return 'alive';
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM' ? 'alive' : 'dead';
  }
}
