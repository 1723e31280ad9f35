import { Worker } from 'node:worker_threads';
import type { Batch, Place } from '../batches.js';
import type { BatchRecipe } from './batch-recipe.js';
import { recordingPath, USUAL_CACHE_BYTES } from './recorded-clips.js';
import {
  type BatchAnswer,
  type BatchRequest,
  type BatchThreadStart,
  NOTHING_READ,
  type SentError,
} from './serve-batches.js';

export interface BatchThreadsOptions {
  readonly recipe: BatchRecipe;
  readonly threads: number;
  /** Another module whose `serveBatches` they run, for tests. */
  readonly program?: URL;
}

/** Beside this file, which is compiled or a source: a thread inherits what lets this one run sources. */
const PROGRAM = new URL(
  import.meta.url.replace(/batch-threads(\.[jt]s)(\?.*)?$/, 'serve-batches$1'),
);

/** What a thread runs: no module of ours does anything by being imported. */
const START = `import { parentPort, workerData } from 'node:worker_threads';
const { serveBatches } = await import(workerData.program);
serveBatches(parentPort, workerData.start);`;
/** As a module: scripts do not heed what the process is told to import first. */
const START_URL = new URL(`data:text/javascript,${encodeURIComponent(START)}`);

/**
 * Makes batches on threads of their own, each a whole batch, the same bit for bit as this thread would. They start at
 * the first request, and end with `dispose` or the program. Batches are handed over without a copy.
 */
export class BatchThreads {
  private readonly options: BatchThreadsOptions;
  private threads: readonly BatchThread[] | undefined;

  constructor(options: BatchThreadsOptions) {
    this.options = options;
  }

  /** @throws where recordings cannot be read; where a thread ended, with the file that it read then */
  at(place: Place): Promise<Batch> {
    this.threads ??= Array.from({ length: this.options.threads }, () => this.start());
    const free = this.threads.reduce((best, one) => (one.load < best.load ? one : best));
    return free.at(place);
  }

  /** Ends the threads, whatever they are at; what was asked for fails. */
  async dispose(): Promise<void> {
    await Promise.all((this.threads ?? []).map((thread) => thread.dispose()));
  }

  private start(): BatchThread {
    const { recipe, threads, program = PROGRAM } = this.options;
    const { cacheBytes = USUAL_CACHE_BYTES } = recipe.clips;
    // What may be kept is kept by all together.
    const clips = { ...recipe.clips, cacheBytes: Math.floor(cacheBytes / threads) };
    return new BatchThread({ ...recipe, clips }, program);
  }
}

interface Request {
  resolve(batch: Batch): void;
  reject(error: Error): void;
}

class BatchThread {
  private readonly worker: Worker;
  private readonly recipe: BatchRecipe;
  private readonly reading = new Int32Array(new SharedArrayBuffer(4)).fill(NOTHING_READ);
  /** In the order in which they are answered. */
  private requests: Request[] = [];
  private end: Error | undefined;

  constructor(recipe: BatchRecipe, program: URL) {
    this.recipe = recipe;
    const start: BatchThreadStart = { recipe, reading: this.reading };
    const workerData = { program: program.href, start };
    this.worker = new Worker(START_URL, { workerData, name: 'hifigan-data' });
    this.worker.on('message', (answer: BatchAnswer) => this.answer(answer));
    this.worker.on('error', (error) => this.lost(String(error)));
    this.worker.on('exit', (code) => this.lost(`exit code ${code}`));
  }

  /** Batches that are asked for; Infinity once it ended, so that others are asked. */
  get load(): number {
    return this.end ? Number.POSITIVE_INFINITY : this.requests.length;
  }

  at(place: Place): Promise<Batch> {
    return new Promise((resolve, reject) => {
      if (this.end) return reject(this.end);
      this.requests.push({ resolve, reject });
      const request: BatchRequest = { place };
      this.worker.postMessage(request);
    });
  }

  async dispose(): Promise<void> {
    this.fail(new Error('the threads that read recordings were ended'));
    await this.worker.terminate();
  }

  private answer(answer: BatchAnswer): void {
    const request = this.requests.shift();
    if ('batch' in answer) request?.resolve(answer.batch);
    else request?.reject(received(answer.error));
  }

  private lost(reason: string): void {
    const index = Atomics.load(this.reading, 0);
    const { folder, ids } = this.recipe.clips;
    const read = index === NOTHING_READ ? undefined : recordingPath(folder, ids[index]);
    this.fail(
      new Error(
        read === undefined
          ? `a thread that reads recordings ended between two of them (${reason}); read without threads (--set num_workers=0)`
          : `${read}: the thread that read it ended (${reason}); look at this recording, or read without threads (--set num_workers=0)`,
      ),
    );
  }

  /** The first reason counts. */
  private fail(error: Error): void {
    this.end ??= error;
    const requests = this.requests;
    this.requests = [];
    for (const { reject } of requests) reject(this.end);
  }
}

function received({ name, message, code }: SentError): Error {
  const error = name === 'RangeError' ? new RangeError(message) : new Error(message);
  return Object.assign(error, { name }, code !== undefined && { code });
}
