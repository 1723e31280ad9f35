import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { trackUnfinished, undoAtEnd } from './unfinished.js';
import { WriteError } from './write-file.js';

/** Who holds a lock. `birth` tells two processes apart that had one number, after a restart of the machine. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  readonly birth?: string;
  /** Tells this lock from others of the same process. */
  readonly id?: string;
}

/** Another holds the lock, or may. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly path: string;
  /** Absent where the file does not say it. */
  readonly holder: LockHolder | undefined;

  constructor(path: string, holder: LockHolder | undefined) {
    const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
    super(`${path}: is held by ${who}; wait for it. If it is gone for certain, remove ${path}`);
    this.path = path;
    this.holder = holder;
  }
}

/** How often a lock may vanish while we look who holds it, before we take it for a file that is not ours. */
const ATTEMPTS = 100;

/** What this process holds or is about to: a lock of its own number that is not among them was left by another. */
const held = new Set<string>();

/**
 * A file that is there while a process holds it; `tooling/bootstrap` has the same way for the time before an install.
 */
export class FileLock {
  /** The dead process that had left the lock behind. */
  readonly takenFrom: LockHolder | undefined;
  private readonly path: string;
  private readonly id: string;
  private readonly forget: () => void;

  private constructor(path: string, id: string, takenFrom: LockHolder | undefined) {
    this.path = path;
    this.id = id;
    this.takenFrom = takenFrom;
    this.forget = undoAtEnd(() => removeOwn(path, id));
  }

  /**
   * Takes a lock that is free or whose process is gone. The folder must exist.
   *
   * @throws LockHeldError where another process of this machine has it, or one of another machine may
   * @throws WriteError where the disk is full, or takes none
   */
  static async take(path: string): Promise<FileLock> {
    const file = resolve(path);
    const id = randomUUID();
    const birth = await birthOf(process.pid);
    const own: LockHolder = { pid: process.pid, host: hostname(), ...(birth && { birth }), id };
    held.add(id);
    try {
      let takenFrom: LockHolder | undefined;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (await made(file, own)) {
          await removeDrafts(file);
          return new FileLock(file, id, takenFrom);
        }
        const found = await look(file);
        if (found === 'none') continue;
        if (found.mayLive) throw new LockHeldError(file, found.holder);
        takenFrom = (await removeDead(file)) ?? takenFrom;
      }
      throw new LockHeldError(file, undefined);
    } catch (error) {
      held.delete(id);
      throw error;
    }
  }

  /** Gives it back. */
  async release(): Promise<void> {
    const found = await look(this.path);
    // Another's where somebody has removed ours by hand.
    if (found !== 'none' && found.holder?.id === this.id) {
      // Left behind, it is taken over when this process is gone.
      await rm(this.path, { force: true }).catch(() => undefined);
    }
    held.delete(this.id);
    this.forget();
  }
}

/** For a process that ends at once. */
function removeOwn(path: string, id: string): void {
  if (parse(readFileSync(path, 'utf8'))?.id === id) rmSync(path, { force: true });
}

/**
 * If two processes see the same dead lock, the slower one would remove the lock that the quicker one has taken by now.
 * So only one at a time may remove, and it looks again first. They take turns by a lock as well, which is taken over in
 * the same way if its holder dies.
 *
 * @returns the former holder; undefined if the lock is not dead any more
 */
async function removeDead(file: string): Promise<LockHolder | undefined> {
  const turn = await FileLock.take(`${file}.takeover`);
  try {
    const found = await look(file);
    if (found === 'none' || found.mayLive) return undefined;
    await rm(file, { force: true });
    return found.holder;
  } finally {
    await turn.release();
  }
}

/** False where there is one already. */
async function made(file: string, own: LockHolder): Promise<boolean> {
  const text = `${JSON.stringify(own)}\n`;
  // Written apart and linked: the lock is never there without its holder's name.
  const draft = `${file}.${own.id}`;
  const forget = trackUnfinished(draft);
  try {
    await writeFile(draft, text, { flag: 'wx' });
    await link(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (!NO_LINKS.includes(codeOf(error) ?? '')) throw new WriteError(file, error);
  } finally {
    // Left behind, it does no harm; the reason is what counts.
    await rm(draft, { force: true }).catch(() => undefined);
    forget();
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    // An empty lock would have no holder, and so stay for good.
    await rm(file, { force: true }).catch(() => undefined);
    throw new WriteError(file, error);
  }
}

/** Milliseconds after which a draft without a name is nobody's: it takes less than one to write. */
const OLD_DRAFT = 60_000;

/** Drafts of processes that were killed while they made a lock. They do no harm, so a failure is none. */
async function removeDrafts(file: string): Promise<void> {
  const names = await readdir(dirname(file)).catch(() => []);
  const before = `${basename(file)}.`;
  for (const name of names) {
    if (!name.startsWith(before) || !/^[\da-f-]{36}$/.test(name.slice(before.length))) continue;
    const draft = join(dirname(file), name);
    const found = await look(draft);
    if (found === 'none') continue;
    const { mtimeMs } = await stat(draft).catch(() => ({ mtimeMs: Date.now() }));
    const isDead = found.holder ? !found.mayLive : Date.now() - mtimeMs > OLD_DRAFT;
    if (isDead) await rm(draft, { force: true }).catch(() => undefined);
  }
}

/** Errors of file systems without hard links, such as those of many memory sticks. */
const NO_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

async function look(
  file: string,
): Promise<'none' | { readonly holder: LockHolder | undefined; readonly mayLive: boolean }> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'none';
    return { holder: undefined, mayLive: true };
  }
  const holder = parse(text);
  return { holder, mayLive: holder === undefined || (await mayLive(holder)) };
}

function parse(text: string): LockHolder | undefined {
  // As earlier versions wrote it.
  const [, host, number] = /^(\S+) (\d+)\s*$/.exec(text) ?? [];
  if (host) return { pid: Number(number), host };
  try {
    const holder = JSON.parse(text) as LockHolder;
    return Number.isSafeInteger(holder.pid) ? holder : undefined;
  } catch {
    return undefined;
  }
}

async function mayLive({ pid, host, birth, id }: LockHolder): Promise<boolean> {
  // Processes of another machine cannot be seen from here.
  if (host !== hostname()) return true;
  if (pid === process.pid && birth === undefined) return id !== undefined && held.has(id);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is another user's.
    if (codeOf(error) === 'ESRCH') return false;
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

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
