import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

const POLL_MILLISECONDS = 500;

/** @typedef {{ pid: number, host: string, birth?: string, id?: string }} Owner */

/** What this process holds: the id of each lock by its path. @type {Map<string, string>} */
const held = new Map();

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
    if (!said)
      console.log(
        `Waiting for the process that holds ${path}; if it is gone for certain, remove that file`,
      );
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
  try {
    return await work();
  } finally {
    release(path);
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
  const id = randomUUID();
  const own = `${path}.${id}`;
  /** @type {Owner} */
  const owner = { pid: process.pid, host: hostname(), birth: birthOf(process.pid), id };
  for (;;) {
    writeFileSync(own, `${JSON.stringify(owner)}\n`);
    try {
      linkSync(own, path);
      held.set(path, id);
      return true;
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
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
    if (ownerOf(path) === 'dead') rmSync(path, { force: true });
  } finally {
    release(turn);
  }
  return true;
}

/**
 * Gives ours back; another's stays, where somebody has removed ours by hand.
 *
 * @param {string} path
 */
function release(path) {
  try {
    if (parse(readFileSync(path, 'utf8'))?.id === held.get(path)) rmSync(path, { force: true });
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  } finally {
    held.delete(path);
  }
}

/**
 * As `FileLock` decides it: what cannot be read or names nobody may be held.
 *
 * @param {string} path
 * @returns {'alive' | 'dead' | 'none'}
 */
function ownerOf(path) {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? 'none' : 'alive';
  }
  const owner = parse(text);
  return !owner || mayLive(owner) ? 'alive' : 'dead';
}

/**
 * @param {string} text
 * @returns {Owner | undefined}
 */
function parse(text) {
  // As earlier versions wrote it.
  const [, host, number] = /^(\S+) (\d+)\s*$/.exec(text) ?? [];
  if (host) return { pid: Number(number), host };
  try {
    const owner = JSON.parse(text);
    return Number.isSafeInteger(owner.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** @param {Owner} owner */
function mayLive({ pid, host, birth, id }) {
  // Processes of another machine that shares the folder cannot be seen from here.
  if (host !== hostname()) return true;
  if (pid === process.pid && birth === undefined) {
    return id !== undefined && [...held.values()].includes(id);
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (codeOf(error) === 'ESRCH') return false;
  }
  const now = birthOf(pid);
  return birth === undefined || now === undefined || now === birth;
}

/**
 * Boot of the machine and start of a process, where Linux tells; undefined elsewhere.
 *
 * @param {number} pid
 */
function birthOf(pid) {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The 22nd field; the second, in parentheses, may hold spaces.
    return `${boot} ${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return undefined;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return /** @type {NodeJS.ErrnoException} */ (error).code;
}
