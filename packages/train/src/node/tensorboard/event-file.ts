import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { WriteError } from '../write-file.js';
import { EVENT_VERSION, encodeEvent, type LogEvent } from './log-event.js';
import { frameRecord } from './records.js';

/** Milliseconds that a record waits in memory for others before it goes to the disk. */
const LONGEST_WAIT = 5000;
/** Bytes that wait at most for their turn. */
const MOST_WAITING = 1 << 20;
/** Bytes by which the disk may be behind before the run waits for it. */
const MOST_BEHIND = 1 << 26;

const NAME = /^events\.out\.tfevents\.(\d+)\./;

/** The event files of a folder, in the order in which they were begun. */
export async function eventFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  // As TensorBoard sorts them.
  return names.filter((name) => NAME.test(name)).sort();
}

/**
 * One file that TensorBoard reads, made with its first record. A start of the program begins a new one, since of the
 * last one a kill may have torn the end; its first records tell that what earlier ones said of `firstStep` and later
 * steps does not count any more.
 *
 * Records wait in memory and are written while the work goes on.
 */
export class EventFile {
  private readonly folder: string;
  private pending: Uint8Array[] = [];
  /** Of `pending`, and of what is being written. */
  private waiting = 0;
  private behind = 0;
  private timer: NodeJS.Timeout | undefined;
  /** Whether there is more to write than that the program began. */
  private used = false;
  private file: FileHandle | undefined;
  private path: string;
  private tail: Promise<void> = Promise.resolve();
  private failure: WriteError | undefined;

  /** @param folder is made where it is not there; the one that it lies in must be */
  constructor(folder: string, firstStep: number) {
    this.folder = folder;
    this.path = folder;
    this.push({ step: 0, version: EVENT_VERSION });
    this.push({ step: firstStep, start: true });
  }

  /**
   * Appends a record; but for the first, comes back before it is on the disk, unless the disk is far behind.
   *
   * @throws WriteError where it, or one before it, cannot be written
   */
  async add(event: Omit<LogEvent, 'time'>): Promise<void> {
    if (this.failure) throw this.failure;
    this.push(event);
    if (!this.used) {
      // So that a folder that takes no file is met at once.
      this.used = true;
      return this.flush();
    }
    if (this.waiting >= MOST_WAITING) this.begin();
    else this.timer ??= setTimeout(() => this.begin(), LONGEST_WAIT).unref();
    if (this.waiting + this.behind >= MOST_BEHIND) await this.flush();
  }

  /** Writes what waits. @throws WriteError where that or something before cannot be written */
  async flush(): Promise<void> {
    this.begin();
    await this.tail;
    if (this.failure) throw this.failure;
  }

  /** Writes what waits and lets go of the file. @throws as `flush`; it is closed then, too */
  async close(): Promise<void> {
    try {
      await this.flush();
    } finally {
      await this.file?.close();
      this.file = undefined;
    }
  }

  private push(event: Omit<LogEvent, 'time'>): void {
    const record = frameRecord(encodeEvent({ time: Date.now() / 1000, ...event }));
    this.pending.push(record);
    this.waiting += record.length;
  }

  /** Never rejects: who adds or flushes next is told. */
  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (!this.used || this.pending.length === 0 || this.failure) return;
    const bytes = Buffer.concat(this.pending);
    this.pending = [];
    this.waiting = 0;
    this.behind += bytes.length;
    this.tail = this.tail.then(async () => {
      try {
        if (this.failure) return;
        this.file ??= await this.create();
        await this.file.writeFile(bytes);
      } catch (error) {
        this.failure = new WriteError(this.path, error);
      } finally {
        this.behind -= bytes.length;
      }
    });
  }

  private async create(): Promise<FileHandle> {
    await mkdir(this.folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    const before = (await eventFilesIn(this.folder)).map((name) => Number(NAME.exec(name)?.[1]));
    // The order of names is the order of reading, even where two begin in a second or the clock was set back.
    const seconds = Math.max(Math.floor(Date.now() / 1000), ...before.map((time) => time + 1));
    this.path = join(this.folder, eventFileName(seconds, hostname(), process.pid));
    return open(this.path, 'ax');
  }
}

/**
 * `events.out.tfevents.1700000000.host.4711.0`; the host's name without what file systems or readers may stumble over.
 */
export function eventFileName(seconds: number, host: string, pid: number): string {
  const safe = host.replace(/[^A-Za-z0-9.-]+/g, '_').slice(0, 64) || 'host';
  return `events.out.tfevents.${String(seconds).padStart(10, '0')}.${safe}.${pid}.0`;
}
