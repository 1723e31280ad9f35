import { SCRATCH } from '../control-block.js';
import { JobWriter } from '../job.js';
import type { Runtime } from '../runtime.js';

/** The kind of work of `assembly/self-test.ts`. */
const SELF_TEST = 0;

export const FAILURES = { none: 0, workersTrap: 1, workersHang: 2, allTrap: 3 } as const;

export interface SelfTest {
  readonly items: number;
  readonly length?: number;
  readonly rounds?: number;
  readonly failure?: keyof typeof FAILURES;
}

/** Runs a job whose result is known, and returns the largest error. */
export function runSelfTest(
  runtime: Runtime,
  { items, length = 16, rounds = 0, failure = 'none' }: SelfTest,
): number {
  const { heap } = runtime;
  const values = items * length;
  const from = heap.allocate(values * 4);
  const to = heap.allocate(values * 4);
  // Grows the scratch memory, so that its address can be told.
  runtime.parallel(SELF_TEST, emptyJob(runtime), 1, length * 4);
  const source = heap.float32(from, values);
  for (let i = 0; i < values; i++) source[i] = i % 1000;
  heap.float32(to, values).fill(Number.NaN);
  try {
    const job = new JobWriter(heap)
      .integers(from, to)
      .floats(0.5)
      .integers(length, rounds, FAILURES[failure], heap.words[SCRATCH / 4]!);
    runtime.parallel(SELF_TEST, job.address, items, length * 4);
    let worst = 0;
    const result = heap.float32(to, values);
    for (let i = 0; i < values; i++) worst = Math.max(worst, Math.abs(result[i]! - (i % 1000) / 2));
    return worst;
  } finally {
    heap.free(from);
    heap.free(to);
  }
}

function emptyJob(runtime: Runtime): number {
  return new JobWriter(runtime.heap).integers(0, 0).floats(0).integers(0, 0, 0, 0).address;
}
