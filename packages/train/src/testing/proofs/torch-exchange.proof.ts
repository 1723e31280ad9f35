import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type NamedArrays, readSafetensors, readTorch, writeTorch } from '@hifigan/checkpoint';
import { readConfig } from '@hifigan/config';
import { onBackendsWithKernels } from '@hifigan/test-backends';
import { judgesPython, requireJudges, tinyConfig } from '@hifigan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Batch } from '../../batches.js';
import { MEL_WEIGHT } from '../../spectral-views.js';
import { fromTorchCheckpoint, toTorchCheckpoint } from '../../torch-checkpoint.js';
import { Trainer } from '../../trainer.js';
import { exportTrainer, importTrainer } from '../../trainer-state.js';

// The discriminators are whole whatever the configuration is, so the clips are short; and a rate that falls to a half
// with each epoch, so that an epoch too many or too few is seen.
const TEXT = JSON.stringify({ ...tinyConfig, batch_size: 1, segment_size: 512, lr_decay: 0.5 });
const { config } = readConfig(TEXT, 'config');
const STEPS = 10;
/** Ten steps and the next ten go over the end of an epoch each. */
const EPOCH_STEPS = 7;
/** Relative, of losses. */
const LOSSES = 3e-5;
/** Of weights: so many times as far as PyTorch in float32 is from PyTorch in float64, from the same checkpoint. */
const MOST = 3;
const ORACLE = fileURLToPath(new URL('../../../../../tooling/reference-python', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'exchange-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const paths = { config: join(folder, 'config.json'), batches: join(folder, 'batches') };

function python(...args: string[]): string {
  const { stdout, stderr, status } = spawnSync(
    judgesPython(),
    ['-W', 'ignore', '-m', 'hifigan_reference', ...args],
    { cwd: ORACLE, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
  );
  expect(status, stderr).toBe(0);
  return stdout;
}

/** What ten steps came to. */
interface Outcome {
  readonly losses: readonly (readonly number[])[];
  /** Networks' names before those of their arrays. */
  readonly weights: NamedArrays;
}

interface Judged extends Outcome {
  readonly names: readonly string[];
  /** Learning rate of each step. */
  readonly rates: readonly number[];
  /** Mean of |Δ| over all weights, from the first of these steps to the last. */
  readonly moved: number;
  readonly torch: string;
}

/** Ten steps in PyTorch, from a checkpoint where there is one; what they leave is a checkpoint, or is told. */
function judge(...options: string[]): string {
  return python(
    ...['exchange-train', folder, '--config', paths.config, '--batches', paths.batches],
    ...['--steps', String(STEPS), '--epoch-steps', String(EPOCH_STEPS), ...options],
  );
}

function judged(after: number, dtype: 'float32' | 'float64'): Judged {
  const path = join(folder, 'weights.safetensors');
  const told = judge('--after', String(after), '--dtype', dtype, '--weights', path);
  return { ...JSON.parse(told), weights: readSafetensors(readFileSync(path), path).arrays };
}

const named = (step: number) => {
  const number = String(step).padStart(8, '0');
  return { generator: join(folder, `g_${number}`), training: join(folder, `do_${number}`) };
};

/** How far two outcomes are apart: of losses the largest relative difference, of weights the mean of |Δ|. */
function distance(found: Outcome, reference: Outcome) {
  const losses = reference.losses.flatMap((row, step) =>
    row.map((value, i) => Math.abs(found.losses[step][i] - value) / Math.abs(value)),
  );
  let [sum, count] = [0, 0];
  for (const [name, { data }] of reference.weights) {
    const own = found.weights.get(name)!.data;
    expect(own.length, name).toBe(data.length);
    for (let i = 0; i < data.length; i++) sum += Math.abs(Number(own[i]) - Number(data[i]));
    count += data.length;
  }
  // NaN stays one.
  const loss = losses.reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0);
  return { loss, weight: sum / count };
}

const available = requireJudges().available;
let exact: Judged;
let noise: { readonly loss: number; readonly weight: number };
let begunThere: Judged;

beforeAll(() => {
  if (!available) return;
  writeFileSync(paths.config, TEXT);
  python('exchange-batches', paths.config, paths.batches, '--steps', String(3 * STEPS));
  judge();
  exact = judged(STEPS - 1, 'float64');
  begunThere = judged(STEPS - 1, 'float32');
  noise = distance(begunThere, exact);
});

onBackendsWithKernels((backend) => {
  test.skipIf(!available)(
    'a training that PyTorch began goes on here, and one from here goes on in PyTorch',
    async () => {
      const trainer = new Trainer({ config });
      try {
        const batchOf = batchesIn(paths.batches);
        const { names, moved, torch } = begunThere;
        const tell = (what: string, { loss, weight }: typeof noise, by: number) =>
          console.log(
            `${backend}, PyTorch ${torch}, ${what}: losses off by ${loss.toExponential(1)}, weights by ` +
              `${weight.toExponential(1)} on average, of ${by.toExponential(1)} that they moved`,
          );
        tell('float32 there beside float64 there', noise, moved);

        // Ten steps were done there; ten more there and here.
        const begun = named(STEPS - 1);
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
        const first = await goOn(trainer, batchOf, begunThere);
        const here = distance(first, exact);
        tell('begun there, here beside float64 there', here, moved);
        expect(here.loss).toBeLessThanOrEqual(LOSSES);
        expect(here.weight).toBeLessThanOrEqual(MOST * noise.weight);

        // What we have now goes back; ten more there and here.
        const state = await exportTrainer(trainer);
        const back = named(2 * STEPS - 1);
        const checkpoint = toTorchCheckpoint(state, config);
        writeFileSync(back.generator, writeTorch(checkpoint.generator));
        writeFileSync(back.training, writeTorch(checkpoint.training));
        const there = judged(2 * STEPS - 1, 'float32');
        expect(there.names).toEqual(names);
        const again = distance(await goOn(trainer, batchOf, there), there);
        tell('begun here, here beside float32 there', again, there.moved);
        // Both are as far from the truth.
        expect(again.loss).toBeLessThanOrEqual(LOSSES);
        expect(again.weight).toBeLessThanOrEqual(2 * MOST * noise.weight);
      } finally {
        trainer.dispose();
      }
    },
  );
});

/** The steps that PyTorch did, whose loading code begins the checkpoint's epoch anew. */
async function goOn(
  trainer: Trainer,
  batchOf: (step: number) => Batch,
  { names, rates }: Judged,
): Promise<Outcome> {
  const losses: number[][] = [];
  const { epoch } = trainer.place;
  for (let done = 1; done <= STEPS; done++) {
    expect(trainer.learningRate).toBeCloseTo(rates[done - 1], 12);
    const next =
      done < EPOCH_STEPS ? { epoch, batch: done } : { epoch: epoch + 1, batch: done - EPOCH_STEPS };
    const found = await trainer.step(batchOf(trainer.steps), next);
    const columns: Record<string, number | undefined> = {
      ...found.parts,
      mel: MEL_WEIGHT * (found.parts.mel ?? Number.NaN),
      disc_total: found.discriminator,
      gen_total: found.generator,
    };
    losses.push(names.map((name) => columns[name] ?? Number.NaN));
  }
  const { generator, training } = await exportTrainer(trainer);
  const generators = [...generator].map(([name, array]) => [`generator.${name}`, array] as const);
  return { losses, weights: new Map([...training, ...generators]) };
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
