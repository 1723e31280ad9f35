import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@hifigan/checkpoint';
import { BACKENDS } from '@hifigan/test-backends';
import {
  MPI_IMPLEMENTATIONS,
  type MpiImplementation,
  requireMpi,
  requireNative,
  runRanks,
  sourceArguments,
} from '@hifigan/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const PROGRAM = fileURLToPath(new URL('../rank-steps.ts', import.meta.url));
const CLIPS = '5';
/** On one thread, as each rank is: how a library rounds may depend on that, too. TensorFlow reads its own variables. */
const ONE_THREAD = {
  HIFIGAN_THREADS: '1',
  TF_NUM_INTRAOP_THREADS: '1',
  TF_NUM_INTEROP_THREADS: '1',
};

/** What a training left. */
interface Outcome {
  readonly arrays: ReadonlyMap<string, { readonly data: ArrayLike<number> }>;
  readonly losses: readonly Readonly<Record<string, number>>[];
  /** Of the weights of each rank. */
  readonly digests: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'hifigan-ranks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function outcomeOf(ranks: number): Outcome {
  const { arrays } = readSafetensors(readFileSync(join(folder, 'arrays.safetensors')));
  const each = Array.from(
    { length: ranks },
    (_, rank) =>
      JSON.parse(readFileSync(join(folder, `rank-${rank}.json`), 'utf8')) as {
        losses: Record<string, number>[];
        digest: string;
      },
  );
  for (const { losses } of each) expect(losses).toEqual(each[0].losses);
  return {
    arrays: arrays as Outcome['arrays'],
    losses: each[0].losses,
    digests: each.map(({ digest }) => digest),
  };
}

function alone(backend: string, steps: number, ...clipsAtATime: string[]): Outcome {
  const args = [PROGRAM, folder, backend, String(steps), CLIPS, ...clipsAtATime];
  const { status, stderr } = spawnSync(process.execPath, [...sourceArguments(), ...args], {
    encoding: 'utf8',
    // Clip by clip the threads do not matter.
    env: { ...process.env, ...(clipsAtATime.length === 0 && ONE_THREAD) },
  });
  expect(status, stderr).toBe(0);
  return outcomeOf(1);
}

async function together(
  implementation: MpiImplementation,
  { backend, steps, ranks }: { backend: string; steps: number; ranks: number },
  ...clipsAtATime: string[]
): Promise<Outcome> {
  const { code, stderr } = await runRanks({
    ...{ implementation, ranks },
    program: [PROGRAM, folder, backend, String(steps), CLIPS, ...clipsAtATime],
    env: clipsAtATime.length === 0 ? ONE_THREAD : {},
  });
  expect(code, stderr).toBe(0);
  return outcomeOf(ranks);
}

/** Gradients: max|Δ| / max|reference| of each; weights: the mean of |Δ| over them all. */
function distance(found: Outcome, expected: Outcome) {
  const gradients = new Map<string, number>();
  let [sum, count] = [0, 0];
  expect([...found.arrays.keys()]).toEqual([...expected.arrays.keys()]);
  for (const [name, { data: reference }] of expected.arrays) {
    const { data } = found.arrays.get(name)!;
    let [largest, scale] = [0, 0];
    for (let i = 0; i < reference.length; i++) {
      const off = Math.abs(data[i] - reference[i]);
      // Written so that NaN is the largest.
      if (!(off <= largest)) largest = off;
      scale = Math.max(scale, Math.abs(reference[i]));
      if (name.startsWith('weight/')) sum += off;
    }
    if (name.startsWith('weight/')) count += reference.length;
    else gradients.set(name, largest / scale);
  }
  return { gradients, weight: sum / count };
}

/** Those that are furthest off, for people. */
function furthestOf(gradients: ReadonlyMap<string, number>): string {
  const furthest = [...gradients].sort(([, a], [, b]) => b - a).slice(0, 2);
  return furthest
    .map(([name, off]) => `${off.toExponential(1)} (${name.replace('gradient/', '')})`)
    .join(', ');
}

function expectAlike(found: Outcome, expected: Outcome, what: string): void {
  const { gradients, weight } = distance(found, expected);
  console.info(
    `${what}: gradients within ${furthestOf(gradients)}, weights within ${weight.toExponential(1)} on average`,
  );
  for (const [name, off] of gradients) expect(off, name).toBeLessThan(1e-5);
  expect(weight).toBeLessThan(1e-5);
  // Bit by bit, with the vectors of the spectral norm.
  expect(new Set(found.digests).size).toBe(1);
  found.losses.forEach((losses, step) => {
    for (const [name, loss] of Object.entries(losses)) {
      const reference = expected.losses[step][name];
      expect(Math.abs(loss / reference - 1), `${name} of step ${step}`).toBeLessThan(1e-4);
    }
  });
}

const availability = new Map(MPI_IMPLEMENTATIONS.map((one) => [one, requireMpi(one).available]));

describe('ranks with shares of a batch learn as one with all of it', () => {
  describe('on WebAssembly', () => {
    const backend = 'hifigan-wasm';
    const steps = 10;
    let expected: Outcome;
    beforeAll(() => {
      if ([...availability.values()].some(Boolean)) expected = alone(backend, steps);
    });

    for (const implementation of MPI_IMPLEMENTATIONS) {
      test.skipIf(!availability.get(implementation))(`by ${implementation.name}`, async () => {
        const found = await together(implementation, { backend, steps, ranks: 2 });
        expectAlike(found, expected, `${implementation.name}, WebAssembly`);
      });
    }
  });

  const native = BACKENDS.find(({ name }) => name === 'tensorflow')!;
  const [openMpi] = MPI_IMPLEMENTATIONS;
  const here =
    requireNative(native.needs!.what, native.needs!.missing).available && availability.get(openMpi);
  test.skipIf(!here)('on native TensorFlow', async () => {
    const expected = alone(native.name, 2);
    const found = await together(openMpi, { backend: native.name, steps: 2, ranks: 2 });
    expectAlike(found, expected, `${openMpi.name}, TensorFlow`);
  });
  // `--micro-batch 1`: each clip by itself on both sides, so that only the sums over clips are rounded otherwise.
  test.skipIf(!here)('on native TensorFlow, clip by clip on all threads', async () => {
    const expected = alone(native.name, 2, '1');
    const run = { backend: native.name, steps: 2, ranks: 2 };
    const found = await together(openMpi, run, '1');
    expectAlike(found, expected, `${openMpi.name}, TensorFlow, clip by clip`);
  });
});
