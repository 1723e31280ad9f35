import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { makeFolder } from './make-folder.js';

const NAME = 'run.lock';

/** Who holds a folder. `birth` tells two processes apart that had one number, after a restart of the machine. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly birth?: string;
}

/** What this process holds: a lock of its own number that is not among them was left by another. */
const held = new Set<string>();

/** The folder of a run, for one process alone: two would prune and overwrite each other's checkpoints. */
export class RunLock {
  private readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Makes the folder where there is none, and `run.lock` in it. A lock whose process is gone is taken over.
   *
   * @param warn told of a lock that was taken over
   * @throws where another run holds the folder, or one on another machine may
   */
  static async take(folder: string, warn: (text: string) => void): Promise<RunLock> {
    makeFolder(folder);
    const path = resolve(folder, NAME);
    const birth = await birthOf(process.pid);
    const own: Holder = { pid: process.pid, host: hostname(), ...(birth && { birth }) };
    if (!(await made(path, own))) {
      const text = await readFile(path, 'utf8').catch(() => '');
      const holder = parse(text);
      if (!holder || (await mayLive(holder, path))) throw inUse(folder, path, holder);
      // By a rename, so that of two that find it stale one takes it.
      const stale = `${path}.${process.pid}`;
      await rename(path, stale).catch(() => undefined);
      if ((await readFile(stale, 'utf8').catch(() => text)) !== text) {
        // The other was quicker, and it is the other's that was renamed.
        await rename(stale, path);
        throw inUse(folder, path);
      }
      await rm(stale, { force: true });
      if (!(await made(path, own))) throw inUse(folder, path);
      warn(`${path}: taken over from process ${holder.pid}, which is gone`);
    }
    held.add(path);
    return new RunLock(path);
  }

  async release(): Promise<void> {
    held.delete(this.path);
    // Left behind it is stale, and taken over.
    await rm(this.path, { force: true }).catch(() => undefined);
  }
}

/** False where there is one already. */
async function made(path: string, own: Holder): Promise<boolean> {
  try {
    await writeFile(path, `${JSON.stringify(own)}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Holder;
    return Number.isSafeInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function mayLive({ pid, host, birth }: Holder, path: string): Promise<boolean> {
  // Of another machine, nothing can be known.
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = await birthOf(pid);
  return birth === undefined || now === undefined || now === birth;
}

/** Boot of the machine and start of a process, where Linux tells; undefined elsewhere. */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(join('/proc', String(pid), 'stat'), 'utf8');
    // The 22nd field; the second, in parentheses, may hold spaces.
    const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${boot} ${start}`;
  } catch {
    return undefined;
  }
}

function inUse(folder: string, path: string, holder?: Holder): Error {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  return new Error(
    `${folder}: must be of one training alone, because ${who} trains here, and two would overwrite each other's checkpoints; wait for it or name another folder. If it is gone for certain, remove ${path}`,
  );
}
