import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BUSY, INSIDE } from './control-block.js';
import type { BuildName } from './probe.js';
import type { Program, Runtime, RuntimeOptions } from './runtime.js';
import { runSelfTest } from './testing/self-test.js';
import { startRuntime } from './testing/start-runtime.js';

const THREADED = 'relaxed-threads';
const running: Runtime[] = [];

async function start(build: BuildName, options: Partial<RuntimeOptions> = {}) {
  const started = await startRuntime(build, options);
  running.push(started.runtime);
  return started;
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const runtime of running.splice(0)) runtime.dispose();
});

const HANGING = { items: 2000, rounds: 200, failure: 'workersHang' } as const;
/** The word of a job of the self-test that makes it hang, or no more. */
const FAILURE = 5;
/** Against hangs alone: a busy machine is no failure. */
const LONG = { timeout: 60_000 };

/** Waits for the news of workers that end. */
const threadsToBe = (runtime: Runtime, threads: number) =>
  vi.waitFor(() => expect(runtime.threads).toBe(threads), LONG);

/** Runs what makes workers fail until one did: it may come too late to take an item. */
const untilOneThread = (runtime: Runtime, run: () => void) =>
  until(() => {
    run();
    return runtime.threads === 1;
  });

async function until(done: () => boolean): Promise<void> {
  const end = Date.now() + LONG.timeout;
  while (!done()) {
    expect(Date.now()).toBeLessThan(end);
    // Others may get the processor that this thread had.
    await sleep(0);
  }
}

describe.each(['simd', 'relaxed', 'simd-threads', 'relaxed-threads'] as const)('%s', (build) => {
  it('does all items', async () => {
    const { runtime, warnings } = await start(build, { threads: 3 });
    expect(runtime.threads).toBe(build.endsWith('-threads') ? 3 : 1);
    for (const items of [1, 2, 3, 100, 5000]) {
      expect(runSelfTest(runtime, { items }), `${items} items`).toBe(0);
    }
    expect(warnings).toEqual([]);
  });
});

describe('threads', () => {
  it('never mix up one region with the next', async () => {
    const { runtime, warnings } = await start(THREADED, { threads: 4 });
    let worst = 0;
    for (let round = 0; round < 3000; round++) {
      const items = 2 + (round % 7);
      const length = 1 + ((round * 5) % 61);
      worst = Math.max(worst, runSelfTest(runtime, { items, length }));
    }
    expect([worst, warnings]).toEqual([0, []]);
  });

  it('wake up after a sleep', async () => {
    const { runtime } = await start(THREADED);
    for (let round = 0; round < 20; round++) {
      await sleep(5);
      expect(runSelfTest(runtime, { items: 64, rounds: 100 })).toBe(0);
    }
  });

  it('see a memory that has grown, and more scratch memory', async () => {
    const { runtime } = await start(THREADED);
    const before = runtime.heap.bytes;
    runtime.heap.allocate(before * 2);
    expect(runtime.heap.bytes).toBeGreaterThan(before * 2);
    expect(runSelfTest(runtime, { items: 64, length: 10_000, rounds: 10 })).toBe(0);
  });

  it('serve a thread that may not sleep', async () => {
    const { runtime, warnings } = await start(THREADED, { mayWait: false });
    expect(runSelfTest(runtime, { items: 200, rounds: 1000 })).toBe(0);
    expect(warnings).toEqual([]);
  });
});

describe('what goes wrong', () => {
  it.each([true, false])('a worker that traps (the main thread may sleep: %s)', async (mayWait) => {
    const { runtime, warnings } = await start(THREADED, { threads: 3, mayWait });
    await untilOneThread(runtime, () => {
      const test = { items: 200, rounds: 200, failure: 'workersTrap' } as const;
      expect(runSelfTest(runtime, test)).toBe(0);
    });
    expect(warnings).toEqual(['hifigan-wasm: a worker failed; it goes on with one thread']);
    expect(runSelfTest(runtime, { items: 100 })).toBe(0);
    await sleep(100);
    expect(warnings).toHaveLength(1);
  });

  it.each([true, false])('workers that hang (the main thread may sleep: %s)', async (mayWait) => {
    const { runtime, warnings } = await start(THREADED, { threads: 3, mayWait, patience: 200 });
    await untilOneThread(runtime, () => {
      const test = { items: 200, rounds: 200, failure: 'workersHang' } as const;
      expect(runSelfTest(runtime, test)).toBe(0);
    });
    expect(warnings).toEqual([
      'hifigan-wasm: the workers made no progress within 200 ms; it goes on with one thread',
    ]);
    expect(runSelfTest(runtime, { items: 100 })).toBe(0);
  });

  it('a job that traps everywhere is an error, and the next one runs', async () => {
    const { runtime } = await start(THREADED);
    expect(() => runSelfTest(runtime, { items: 50, failure: 'allTrap' })).toThrow(/unreachable/);
    expect(runSelfTest(runtime, { items: 50 })).toBe(0);
  });

  it('a worker that somebody ends while it sleeps', async () => {
    const { runtime, warnings } = await start(THREADED, { threads: 3 });
    expect(runSelfTest(runtime, { items: 50 })).toBe(0);
    await sleep(50);
    workersOf(runtime)[0]!.terminate();
    // Nobody knows yet.
    expect(runSelfTest(runtime, { items: 50, rounds: 100 })).toBe(0);
    await threadsToBe(runtime, 2);
    expect(warnings.join()).toMatch(/a worker ended: .*; it goes on with 2 threads/);
    expect(runSelfTest(runtime, { items: 50, rounds: 100 })).toBe(0);
  });

  it.each([0, 1, 2, 5])('a worker that somebody ends while it works (%i ms before)', async (ms) => {
    const { runtime } = await start(THREADED, { threads: 3, patience: 200 });
    for (const worker of workersOf(runtime)) worker.terminate();
    const until = performance.now() + ms;
    while (performance.now() < until);
    for (let round = 0; round < 20; round++) {
      expect(runSelfTest(runtime, { items: 100, rounds: 500 })).toBe(0);
    }
    await threadsToBe(runtime, 1);
    expect(runSelfTest(runtime, { items: 100 })).toBe(0);
  });

  it.each([true, false])(
    'workers that are ended in the middle of an item (the main thread may sleep: %s)',
    async (mayWait) => {
      const { runtime, warnings } = await start(THREADED, { threads: 3, mayWait, patience: 200 });
      const workers = workersOf(runtime);
      // They do not end by themselves, so that they are at an item when they are ended.
      const program = programOf(runtime);
      const { parallel } = program;
      let atWork = 0;
      program.parallel = (...args) => {
        const done = parallel(...args);
        const words = runtime.heap.words;
        atWork = [1, 2].filter((thread) => Atomics.load(words, INSIDE / 4 + thread)).length;
        if (atWork > 0) for (const worker of workers) worker.terminate();
        return done;
      };
      await untilOneThread(runtime, () => expect(runSelfTest(runtime, HANGING)).toBe(0));
      expect(atWork).toBeGreaterThan(0);
      expect(warnings).toEqual([
        'hifigan-wasm: the workers made no progress within 200 ms; it goes on with one thread',
      ]);
      expect(runSelfTest(runtime, { items: 100 })).toBe(0);
      await sleep(50);
      expect(warnings).toHaveLength(1);
    },
  );

  it('a worker that was given up and goes on: it writes to nothing that others have by then', async () => {
    const { runtime, warnings } = await start(THREADED, { patience: 200 });
    const { heap } = runtime;
    const [worker] = workersOf(runtime);
    const { terminate } = worker!;
    // As one that gets no processor, it does not end for a while.
    worker!.terminate = () => {};
    let { words } = heap;
    let [job, to] = [0, 0];
    whenHung(runtime, (address) => {
      ({ words } = heap);
      job = address / 4;
      to = words[job + 1]!;
    });
    await untilOneThread(runtime, () => expect(runSelfTest(runtime, HANGING)).toBe(0));
    expect(warnings).toHaveLength(1);
    // Where that job wrote to, others' values lie now.
    const length = HANGING.items * 16;
    const others = [heap.allocate(length * 4), heap.allocate(length * 4)];
    expect(others).toContain(to);
    for (const other of others) heap.float32(other, length).fill(7);
    // For the worker the job is what it was, but for what made it hang.
    expect(words[job + 1]).toBe(to);
    Atomics.store(words, job + FAILURE, 0);
    await vi.waitFor(() => expect(Atomics.load(words, BUSY / 4)).toBe(0), LONG);
    for (const other of others) {
      expect(heap.float32(other, length).every((value) => value === 7)).toBe(true);
    }
    expect(runSelfTest(runtime, { items: 100 })).toBe(0);
    terminate();
  });

  it.each([true, false])(
    'workers that hang where the host gives no other memory (the main thread may sleep: %s)',
    async (mayWait) => {
      const { runtime, warnings } = await start(THREADED, { threads: 3, mayWait, patience: 200 });
      vi.spyOn(runtime.heap, 'moveTo').mockImplementation(() => {
        throw new RangeError('could not allocate memory');
      });
      await untilOneThread(runtime, () => expect(runSelfTest(runtime, HANGING)).toBe(0));
      expect(warnings).toHaveLength(1);
      expect(runSelfTest(runtime, { items: 100 })).toBe(0);
    },
  );

  it.each([true, false])(
    'a process that stood still meanwhile, whose workers go on (the main thread may sleep: %s)',
    async (mayWait) => {
      const { runtime, warnings } = await start(THREADED, { mayWait, patience: 200 });
      let stood = false;
      whenHung(runtime, (job) => {
        stood = true;
        const anHour = () => 3_600_000;
        atLooks(anHour, () => {
          Atomics.store(runtime.heap.words, job / 4 + FAILURE, 0);
          return 0;
        });
      });
      await until(() => {
        expect(runSelfTest(runtime, HANGING)).toBe(0);
        return stood;
      });
      expect([runtime.threads, warnings]).toEqual([2, []]);
    },
  );

  it('a worker that traps as the patience ends', async () => {
    const { runtime, warnings } = await start(THREADED, { patience: 20 });
    whenHung(runtime, (address) => {
      const { words } = runtime.heap;
      const job = address / 4;
      atLooks(() => {
        const from = words[job]!;
        words[job] = 2 ** 30;
        Atomics.store(words, job + FAILURE, 0);
        while (Atomics.load(words, BUSY / 4) !== 0);
        words[job] = from;
        return 1000;
      });
    });
    await untilOneThread(runtime, () => expect(runSelfTest(runtime, HANGING)).toBe(0));
    expect(warnings).toEqual(['hifigan-wasm: a worker failed; it goes on with one thread']);
  });

  it('a worker that ended before memory of its own was needed, which is not made for it', async () => {
    const test = { items: 50, length: 50_000 };
    const two = (await start(THREADED, { threads: 2 })).runtime;
    expect(runSelfTest(two, test)).toBe(0);
    const { runtime } = await start(THREADED, { threads: 3 });
    workersOf(runtime)[0]!.terminate();
    await threadsToBe(runtime, 2);
    expect(runSelfTest(runtime, test)).toBe(0);
    expect(runtime.heap.bytesInUse).toBe(two.heap.bytesInUse);
  });

  it('the end, while it idles and twice', async () => {
    const { runtime, warnings } = await start(THREADED, { threads: 3 });
    expect(runSelfTest(runtime, { items: 50 })).toBe(0);
    await sleep(20);
    runtime.dispose();
    runtime.dispose();
    expect(runtime.threads).toBe(1);
    expect(runSelfTest(runtime, { items: 50 })).toBe(0);
    await sleep(100);
    expect(warnings).toEqual([]);
  });
});

/** The program, which nobody outside can reach, for a test to change. */
function programOf(runtime: Runtime): { -readonly [name in keyof Program]: Program[name] } {
  const inside = runtime as unknown as { program: Program };
  inside.program = { ...inside.program };
  return inside.program;
}

/** Calls `act`, once, when the main thread has done its share of a job and waits for worker 1, which hangs. */
function whenHung(runtime: Runtime, act: (job: number) => void): void {
  const program = programOf(runtime);
  const { parallel } = program;
  program.parallel = (kind, job, items, spins) => {
    const done = parallel(kind, job, items, spins);
    if (Atomics.load(runtime.heap.words, INSIDE / 4 + 1) === 0) return done;
    program.parallel = parallel;
    act(job);
    return done;
  };
}

/** What happens at the main thread's looks at the clock after the next, in turn: milliseconds that pass besides. */
function atLooks(...acts: readonly (() => number)[]): void {
  const now = performance.now.bind(performance);
  let look = -1;
  let passed = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => {
    passed += acts[look++]?.() ?? 0;
    return now() + passed;
  });
}

/** The workers' handles, which nobody outside can reach. */
function workersOf(runtime: Runtime): { terminate(): void }[] {
  const { pool } = runtime as unknown as {
    pool: { handles: Map<number, { terminate(): void }> };
  };
  return [...pool.handles.values()];
}
