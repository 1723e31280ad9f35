import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { INSIDE } from './control-block.js';
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
  for (const runtime of running.splice(0)) runtime.dispose();
});

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
    // Some rounds, since a worker may come too late to take an item.
    for (let round = 0; round < 50 && runtime.threads > 1; round++) {
      const test = { items: 200, rounds: 200, failure: 'workersTrap' } as const;
      expect(runSelfTest(runtime, test)).toBe(0);
    }
    expect(runtime.threads).toBe(1);
    expect(warnings).toEqual(['hifigan-wasm: a worker failed; it goes on with one thread']);
    expect(runSelfTest(runtime, { items: 100 })).toBe(0);
    await sleep(100);
    expect(warnings).toHaveLength(1);
  });

  it.each([true, false])('workers that hang (the main thread may sleep: %s)', async (mayWait) => {
    const { runtime, warnings } = await start(THREADED, { threads: 3, mayWait, patience: 200 });
    for (let round = 0; round < 50 && runtime.threads > 1; round++) {
      const test = { items: 200, rounds: 200, failure: 'workersHang' } as const;
      expect(runSelfTest(runtime, test)).toBe(0);
    }
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
    await sleep(100);
    expect(runtime.threads).toBe(2);
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
    await sleep(50);
    expect(runtime.threads).toBe(1);
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
      for (let round = 0; round < 50 && runtime.threads > 1; round++) {
        const test = { items: 2000, rounds: 200, failure: 'workersHang' } as const;
        expect(runSelfTest(runtime, test)).toBe(0);
      }
      expect(atWork).toBeGreaterThan(0);
      expect(runtime.threads).toBe(1);
      expect(warnings).toEqual([
        'hifigan-wasm: the workers made no progress within 200 ms; it goes on with one thread',
      ]);
      expect(runSelfTest(runtime, { items: 100 })).toBe(0);
      await sleep(50);
      expect(warnings).toHaveLength(1);
    },
  );

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

/** The workers' handles, which nobody outside can reach. */
function workersOf(runtime: Runtime): { terminate(): void }[] {
  const { pool } = runtime as unknown as {
    pool: { handles: Map<number, { terminate(): void }> };
  };
  return [...pool.handles.values()];
}
