import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors, readTorch, writeTorch } from '@hifigan/checkpoint';
import { readConfig } from '@hifigan/config';
import { onBackendsWithKernels } from '@hifigan/test-backends';
import { judgesPython, requireJudges, tinyConfig } from '@hifigan/testkit';
import { expect, test } from 'vitest';
import type { Batch } from '../../batches.js';
import { MEL_WEIGHT } from '../../losses.js';
import { fromTorchCheckpoint, toTorchCheckpoint } from '../../torch-checkpoint.js';
import { Trainer } from '../../trainer.js';
import { exportTrainer, importTrainer } from '../../trainer-state.js';

const TEXT = JSON.stringify(tinyConfig);
const { config } = readConfig(TEXT, 'config');
const STEPS = 10;
/** That of the tests of single steps. */
const BOUND = 1e-3;
const ORACLE = fileURLToPath(new URL('../../../../../tooling/reference-python', import.meta.url));

function python(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(
    judgesPython(),
    ['-W', 'ignore', '-m', 'hifigan_reference', ...args],
    { cwd: ORACLE, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
  );
  expect(status, stderr).toBe(0);
  return stdout;
}

interface Judged {
  readonly names: readonly string[];
  readonly losses: readonly (readonly number[])[];
  readonly torch: string;
}

const named = (folder: string, step: number) => {
  const number = String(step).padStart(8, '0');
  return { generator: join(folder, `g_${number}`), training: join(folder, `do_${number}`) };
};

onBackendsWithKernels((backend) => {
  test.skipIf(!requireJudges().available)(
    'a training that PyTorch began goes on here, and one from here goes on in PyTorch',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
      const trainer = new Trainer({ config });
      try {
        const paths = { config: join(folder, 'config.json'), batches: join(folder, 'batches') };
        writeFileSync(paths.config, TEXT);
        python('exchange-batches', paths.config, paths.batches, '--steps', String(3 * STEPS));
        const judge = (first: number, last: number) =>
          JSON.parse(
            python(
              ...['exchange-train', folder, '--config', paths.config, '--batches', paths.batches],
              ...['--first', String(first), '--last', String(last)],
            ),
          ) as Judged;
        const batchOf = batchesIn(paths.batches);

        // There for ten steps; then ten there and here.
        judge(0, STEPS);
        const begun = named(folder, STEPS - 1);
        const read = (path: string) => readTorch(readFileSync(path), path);
        importTrainer(
          trainer,
          fromTorchCheckpoint(
            { generator: read(begun.generator), training: read(begun.training) },
            { seed: 1, where: begun },
          ),
          begun,
        );
        expect(trainer.steps).toBe(STEPS);
        const there = judge(STEPS, 2 * STEPS);
        const here = await stepsOf(trainer, batchOf, STEPS, there.names);
        const first = worst(there.losses, here);

        // What we have now goes back; ten more there and here.
        const state = await exportTrainer(trainer);
        const back = named(folder, 2 * STEPS - 1);
        const checkpoint = toTorchCheckpoint(state, config);
        writeFileSync(back.generator, writeTorch(checkpoint.generator));
        writeFileSync(back.training, writeTorch(checkpoint.training));
        const again = judge(2 * STEPS, 3 * STEPS);
        const ours = await stepsOf(trainer, batchOf, 2 * STEPS, again.names);
        const second = worst(again.losses, ours);
        console.log(
          `${backend}, PyTorch ${there.torch}: losses of ${STEPS} steps begun there differ by ${first.toExponential(1)}, ` +
            `of ${STEPS} begun here by ${second.toExponential(1)} (bound ${BOUND}); last total ${ours.at(-1)!.at(-1)}`,
        );
        expect(first).toBeLessThanOrEqual(BOUND);
        expect(second).toBeLessThanOrEqual(BOUND);
      } finally {
        trainer.dispose();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

async function stepsOf(
  trainer: Trainer,
  batchOf: (step: number) => Batch,
  first: number,
  names: readonly string[],
): Promise<number[][]> {
  const all: number[][] = [];
  for (let step = first; step < first + STEPS; step++) {
    const losses = await trainer.step(batchOf(step), { epoch: 0, batch: step + 1 });
    const columns: Record<string, number | undefined> = {
      ...losses.parts,
      mel: MEL_WEIGHT * (losses.parts.mel ?? Number.NaN),
      disc_total: losses.discriminator,
      gen_total: losses.generator,
    };
    all.push(names.map((name) => columns[name] ?? Number.NaN));
  }
  return all;
}

function worst(reference: readonly (readonly number[])[], found: readonly number[][]): number {
  const off = reference.flatMap((row, i) =>
    row.map((value, k) => Math.abs(found[i][k] - value) / Math.abs(value)),
  );
  // NaN stays one.
  return off.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0);
}

function batchesIn(path: string): (step: number) => Batch {
  const { arrays } = readSafetensors(readFileSync(path), path);
  return (step) => {
    const audio = arrays.get(`audio.${step}`)!;
    const mel = arrays.get(`mel.${step}`)!;
    const [size, mels, frames] = mel.shape;
    const turned = new Float32Array(mel.data.length);
    for (let i = 0; i < turned.length; i++) {
      const [item, band, frame] = [
        Math.floor(i / (mels * frames)),
        Math.floor(i / frames) % mels,
        i % frames,
      ];
      turned[(item * frames + frame) * mels + band] = Number(mel.data[i]);
    }
    return {
      place: { epoch: 0, batch: step },
      ids: Array.from({ length: size }, (_, i) => String(i)),
      size,
      samples: audio.shape[1],
      frames,
      audio: Float32Array.from(audio.data as Float32Array),
      mel: turned,
    };
  };
}
