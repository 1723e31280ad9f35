import {
  BUSY,
  CONTROL,
  FAILED,
  FLAGS,
  LOWEST_HEAP,
  NEXT,
  OPEN,
  SCRATCH,
  SPINS,
} from './control-block.js';
import { Heap, PAGE, UNIT } from './heap.js';
import { WorkerPool } from './worker-pool.js';

/** What the compiled program exports. */
export interface Program {
  constantsEnd(): number;
  serial(kind: number, job: number, first: number, end: number): void;
  /** @returns whether all is done; else the workers must be waited for */
  parallel(kind: number, job: number, items: number, spins: number): number;
}

export interface RuntimeOptions {
  readonly module: WebAssembly.Module;
  /** Whether the module is one for several threads over shared memory. */
  readonly threaded: boolean;
  /** Threads that take items, the main thread among them. */
  readonly threads: number;
  /** Whether this thread may sleep; else it spins while it waits for others. */
  readonly mayWait: boolean;
  /** Told what went wrong with the threads and how it goes on. */
  readonly onWarning: (message: string) => void;
  /** Milliseconds without any progress after which workers are given up. */
  readonly patience?: number;
  /** How often a worker looks for work before it sleeps. */
  readonly spins?: number;
  /** Pages that the memory may grow to. */
  readonly maximumPages?: number;
}

const INITIAL_PAGES = 64;
/** A memory for threads reserves its addresses at once; where that much is refused, less is asked for. */
const SHARED_MAXIMA = [65536, 32768, 16384];
const PATIENCE = 10_000;
/** Above all numbers of items. */
const NO_MORE_ITEMS = 2 ** 30;
/** Ten to twenty microseconds; waking a sleeper takes some six more. */
const WORKER_SPINS = 20_000;
/** How often the main thread looks for the workers' end before it sleeps. */
const MAIN_SPINS = 10_000;
/** Milliseconds of a look at workers that are waited for. */
const LOOK = 50;
/** Milliseconds that terminated workers get to be gone where no other memory is to be had. */
const LAST_BREATH = 50;
/** Between the scratch memories of two threads, so that they share no line of a cache. */
const SCRATCH_GAP = 2 * UNIT;

/** The memory, the program in it, and the threads that run it. */
export class Runtime {
  readonly heap: Heap;
  private program: Program;
  private readonly options: RuntimeOptions;
  private readonly patience: number;
  private pool: WorkerPool | undefined;
  private scratch = { pointer: 0, bytes: 0 };
  private flags = { pointer: 0, items: 0 };

  private constructor(heap: Heap, program: Program, options: RuntimeOptions) {
    this.heap = heap;
    this.program = program;
    this.options = options;
    this.patience = options.patience ?? PATIENCE;
  }

  /** Makes the memory, sets the program up in it, and starts the threads. */
  static async start(options: RuntimeOptions): Promise<Runtime> {
    const { module, threaded, threads } = options;
    const { memory, maximumPages } = makeMemory(options);
    const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
    const program = exports as unknown as Program;
    const start = Math.max(LOWEST_HEAP, program.constantsEnd());
    const runtime = new Runtime(new Heap({ memory, start, maximumPages }), program, options);
    if (threaded && threads > 1) await runtime.startWorkers(module, memory, threads - 1);
    return runtime;
  }

  /** Threads that take items now, the main thread among them. */
  get threads(): number {
    return 1 + (this.pool?.size ?? 0);
  }

  /**
   * Runs all items of a job, and returns when they are done.
   *
   * @param kind what `assembly/items.ts` tells apart
   * @param job the address of the job
   * @param items how many there are; they may run on any thread, in any order, and again
   * @param scratchBytes memory that an item needs for itself while it runs
   */
  parallel(kind: number, job: number, items: number, scratchBytes: number): void {
    if (items <= 0) return;
    if (scratchBytes > this.scratch.bytes) this.growScratch(scratchBytes);
    if (items === 1 || this.threads === 1) {
      this.program.serial(kind, job, 0, items);
      return;
    }
    if (items > this.flags.items) this.growFlags(items);
    try {
      const spins = this.options.mayWait ? MAIN_SPINS : 0;
      if (this.program.parallel(kind, job, items, spins)) return;
    } catch (error) {
      this.close();
      if (!this.workersReturned(items)) this.giveUp();
      throw error;
    }
    if (this.workersReturned(items)) return;
    const done = this.heap.uint8(this.flags.pointer, items).slice();
    this.giveUp();
    // What the workers left undone.
    for (let item = 0; item < items; item++) {
      if (!done[item]) this.program.serial(kind, job, item, item + 1);
    }
  }

  /** Ends the threads; who computes after that does it alone. */
  dispose(): void {
    this.pool?.dispose();
    this.pool = undefined;
  }

  private async startWorkers(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    workers: number,
  ): Promise<void> {
    this.heap.words[SPINS / 4] = this.options.spins ?? WORKER_SPINS;
    this.pool = await WorkerPool.start({
      module,
      memory,
      workers,
      onLost: (reason) => this.warn(reason),
    });
    if (this.pool.startFailure) this.warn(this.pool.startFailure);
  }

  /** No item is taken any more. */
  private close(): void {
    const words = this.heap.words;
    Atomics.store(words, NEXT / 4, NO_MORE_ITEMS);
    Atomics.store(words, OPEN / 4, 0);
  }

  /** Waits for the workers. False where one failed, or all are stuck. */
  private workersReturned(items: number): boolean {
    const words = this.heap.words;
    let done = this.countDone(items);
    let left = this.patience;
    let last = performance.now();
    for (;;) {
      const busy = Atomics.load(words, BUSY / 4);
      if (busy === 0) return Atomics.load(words, FAILED / 4) === 0;
      const look = Math.min(LOOK, left);
      if (this.options.mayWait) Atomics.wait(words, BUSY / 4, busy, look);
      const now = performance.now();
      // What takes longer than a look is a time in which this thread stood still, and so did the workers where the
      // whole process was stopped (Ctrl-Z) or its machine was.
      left -= Math.min(now - last, look);
      last = now;
      if (left > 0) continue;
      const doneNow = this.countDone(items);
      if (doneNow === done && Atomics.load(words, BUSY / 4) !== 0) return false;
      done = doneNow;
      left = this.patience;
    }
  }

  private countDone(items: number): number {
    const flags = this.heap.uint8(this.flags.pointer, items);
    let done = 0;
    for (const flag of flags) done += flag;
    return done;
  }

  /** From here on there is one thread. */
  private giveUp(): void {
    this.close();
    const words = this.heap.words;
    const failed = Atomics.load(words, FAILED / 4) !== 0;
    const stuck = Atomics.load(words, BUSY / 4) !== 0;
    this.dispose();
    if (stuck) this.leaveMemory();
    this.warn(
      failed ? 'a worker failed' : `the workers made no progress within ${this.patience} ms`,
    );
  }

  /**
   * Leaves the memory to workers that were ended at an item: one that lives and was only kept from a processor
   * writes on when it gets one, and nobody can tell here when it is gone.
   */
  private leaveMemory(): void {
    const { heap } = this;
    const { module, mayWait } = this.options;
    const { words, maximumPages: maximum } = heap;
    try {
      const initial = heap.bytes / PAGE;
      const memory = new WebAssembly.Memory({ initial, maximum, shared: true });
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      heap.moveTo(memory);
      this.program = exports as unknown as Program;
    } catch {
      // The host gives no second one. They get a moment, which is far more than they need where processors are free.
      if (mayWait) Atomics.wait(words, CONTROL / 4, words[CONTROL / 4]!, LAST_BREATH);
    }
  }

  private growScratch(bytes: number): void {
    const { heap } = this;
    if (this.scratch.pointer) heap.free(this.scratch.pointer);
    this.scratch = { pointer: 0, bytes: 0 };
    const step = Math.ceil(bytes / UNIT) * UNIT + SCRATCH_GAP;
    // Of those that have ended there may be one below one that works.
    const threads = [0, ...(this.pool?.threads ?? [])];
    this.scratch = { pointer: heap.allocate(step * threads.length), bytes };
    for (const [place, thread] of threads.entries()) {
      heap.words[SCRATCH / 4 + thread] = this.scratch.pointer + place * step;
    }
  }

  private growFlags(items: number): void {
    const { heap } = this;
    if (this.flags.pointer) heap.free(this.flags.pointer);
    this.flags = { pointer: 0, items: 0 };
    // It grows seldom: the old one leaves a gap each time.
    const room = 2 ** Math.ceil(Math.log2(Math.max(items, 4096)));
    this.flags = { pointer: heap.allocate(room), items: room };
    heap.words[FLAGS / 4] = this.flags.pointer;
  }

  private warn(reason: string): void {
    const how = this.threads > 1 ? `${this.threads} threads` : 'one thread';
    this.options.onWarning(`hifigan-wasm: ${reason}; it goes on with ${how}`);
  }
}

function makeMemory({ threaded, maximumPages = 65536 }: RuntimeOptions): {
  memory: WebAssembly.Memory;
  maximumPages: number;
} {
  if (!threaded) {
    return { memory: new WebAssembly.Memory({ initial: INITIAL_PAGES }), maximumPages };
  }
  const [first, ...less] = SHARED_MAXIMA.map((pages) => Math.min(pages, maximumPages));
  const make = (maximum: number) => ({
    memory: new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum, shared: true }),
    maximumPages: maximum,
  });
  try {
    return make(first!);
  } catch (error) {
    for (const maximum of less) {
      try {
        return make(maximum);
      } catch {} // The first reason is the one to tell.
    }
    throw error;
  }
}
