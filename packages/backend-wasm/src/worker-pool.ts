import { GENERATION, MOST_THREADS, STOP } from './control-block.js';
import { isNode, nodeModule } from './host.js';
import { type WorkerNews, type WorkerStart, workerSource } from './worker-source.js';

export interface WorkerPoolOptions {
  readonly module: WebAssembly.Module;
  /** Shared. */
  readonly memory: WebAssembly.Memory;
  /** How many are wanted, without the main thread. */
  readonly workers: number;
  /** Told when a worker ends that nobody ended. */
  readonly onLost: (reason: string) => void;
  /** Milliseconds that a worker may take to start. */
  readonly patience?: number;
}

/** The few things that a worker is needed for, in Node and in pages. */
interface Handle {
  post(start: WorkerStart): void;
  /** Where the host has such a thing: the worker does not keep the program alive. */
  release(): void;
  terminate(): void;
}

interface Listeners {
  news(news: WorkerNews): void;
  /** It ended or never began. */
  end(reason: string): void;
}

/** Threads that sleep in the memory until there is work. They end with the program, or on `dispose`. */
export class WorkerPool {
  private readonly memory: WebAssembly.Memory;
  private readonly handles = new Map<number, Handle>();
  private readonly onLost: (reason: string) => void;
  private ended = false;
  /** Why there are fewer workers than were wanted, if so. */
  startFailure: string | undefined;

  private constructor({ memory, onLost }: WorkerPoolOptions) {
    this.memory = memory;
    this.onLost = onLost;
  }

  /** Starts them, and waits until each works or did not start; then there are fewer. */
  static async start(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const make = await workerMaker();
    const count = Math.min(options.workers, MOST_THREADS - 1);
    const starts = Array.from({ length: count }, (_, index) =>
      pool.startWorker(make, index + 1, options),
    );
    const reasons = (await Promise.all(starts)).filter((reason) => reason !== undefined);
    if (reasons.length > 0) {
      pool.startFailure = `${reasons.length} of ${count} workers did not start: ${reasons[0]}`;
    }
    return pool;
  }

  /** Workers that are there, as far as the program knows. */
  get size(): number {
    return this.handles.size;
  }

  /** Threads that may take items: their numbers, the main thread's 0 left out. */
  get threads(): IterableIterator<number> {
    return this.handles.keys();
  }

  /** Ends all workers, whatever they are at. */
  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    const words = new Int32Array(this.memory.buffer);
    Atomics.store(words, STOP / 4, 1);
    Atomics.add(words, GENERATION / 4, 1);
    Atomics.notify(words, GENERATION / 4);
    for (const handle of this.handles.values()) handle.terminate();
    this.handles.clear();
  }

  /** @returns why it did not start */
  private startWorker(
    make: (listeners: Listeners) => Handle,
    thread: number,
    { module, memory, patience = 20_000 }: WorkerPoolOptions,
  ): Promise<string | undefined> {
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      let handle: Handle | undefined;
      const settle = (reason: string | undefined) => {
        clearTimeout(timer);
        if (reason === undefined) handle!.release();
        else handle?.terminate();
        resolve(reason);
      };
      let over = false;
      const end = (reason: string) => {
        over = true;
        // Of a worker that worked nobody waits for the start: then this is news.
        if (this.handles.delete(thread) && !this.ended) this.onLost(`a worker ended: ${reason}`);
        settle(reason);
      };
      try {
        handle = make({
          news: (news) => {
            if ('failed' in news) return end(news.failed);
            // Too late: it is being ended.
            if (over) return;
            this.handles.set(thread, handle!);
            settle(undefined);
          },
          end,
        });
        timer = setTimeout(() => end(`no answer within ${patience} ms`), patience);
        handle.post({ module, memory, thread });
      } catch (error) {
        end(String(error));
      }
    });
  }
}

async function workerMaker(): Promise<(listeners: Listeners) => Handle> {
  return isNode() ? nodeWorkers() : pageWorkers();
}

/** The part of Node's Worker that is used. */
interface NodeWorker {
  on(event: 'message', listener: (news: WorkerNews) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'exit', listener: (code: number) => void): void;
  postMessage(message: unknown): void;
  unref(): void;
  terminate(): Promise<number>;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeWorker;
}

async function nodeWorkers(): Promise<(listeners: Listeners) => Handle> {
  const { Worker } = await nodeModule<NodeThreads>('worker_threads');
  const source = workerSource('node');
  return ({ news, end }) => {
    // Loaders and inspectors of the program are none of a worker's business.
    const worker = new Worker(source, { eval: true, execArgv: [], name: 'hifigan-wasm' });
    worker.on('message', news);
    worker.on('error', (error) => end(String(error)));
    worker.on('exit', (code) => end(`exit code ${code}`));
    return {
      post: (start) => worker.postMessage(start),
      release: () => worker.unref(),
      terminate: () => void worker.terminate(),
    };
  };
}

function pageWorkers(): (listeners: Listeners) => Handle {
  const source = new Blob([workerSource('page')], { type: 'text/javascript' });
  return ({ news, end }) => {
    const url = URL.createObjectURL(source);
    const worker = new Worker(url, { name: 'hifigan-wasm' });
    worker.onmessage = ({ data }: MessageEvent<WorkerNews>) => news(data);
    worker.onerror = ({ message }) => end(message || 'the page does not allow workers from blob:');
    return {
      post: (start) => worker.postMessage(start),
      release: () => URL.revokeObjectURL(url),
      terminate: () => {
        URL.revokeObjectURL(url);
        worker.terminate();
      },
    };
  };
}
