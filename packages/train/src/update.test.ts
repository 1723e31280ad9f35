import { BACKENDS, onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AdamW } from './adamw.js';
import type { Batch } from './batches.js';
import { MicroBatch } from './parts.js';
import { randomStream } from './random.js';
import { Trainer } from './trainer.js';
import { globalNorm, update } from './update.js';

let tensors: number;
const countTensors = () => {
  tensors = tf.memory().numTensors;
};

onBackendsAndPlain(() => {
  beforeEach(countTensors);
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('the global norm is that of all values as one vector', () => {
    const gradients = [tf.tensor2d([[3, 0, 0]]), tf.tensor1d([4]), tf.tensor1d([0, 12])];
    const norm = globalNorm(gradients);
    expect(norm.dataSync()[0]).toBeCloseTo(13, 5);
    tf.dispose([norm, ...gradients]);
  });

  test('a million equal values: no rounding adds up', () => {
    const gradient = tf.fill([1000, 1000], 0.001);
    const norm = globalNorm([gradient]);
    expect(Math.abs(norm.dataSync()[0] - 1)).toBeLessThanOrEqual(1e-5);
    tf.dispose([norm, gradient]);
  });

  /** The first moment after one update with gradients 3 and 4: a tenth of what was applied, as beta1 is 0.9. */
  function applied(clipNorm: number | undefined, values = [3, 4]) {
    const parameters = new Map([
      ['a', tf.variable(tf.zeros([1]))],
      ['b', tf.variable(tf.zeros([1]))],
    ]);
    const optimizer = new AdamW(parameters, { beta1: 0.9, beta2: 0.99 });
    const gradients = values.map((value) => tf.tensor1d([value]));
    const { norm, sum } = update(optimizer, gradients, {
      of: 'generator',
      learningRate: 0,
      clipNorm,
    });
    const moments = [...optimizer.state().values()].map(({ first }) => first.dataSync()[0] * 10);
    const found = { norm: norm?.dataSync()[0], sum: sum.dataSync()[0], moments };
    tf.dispose([sum, ...(norm ? [norm] : [])]);
    optimizer.dispose();
    tf.dispose([...parameters.values()]);
    return found;
  }

  test('PyTorch’s clip_grad_norm_: scaled by most / (norm + 1e-6) where the norm is larger, else untouched', () => {
    tf.tidy(() => {
      const clipped = applied(1);
      expect(clipped.norm).toBeCloseTo(5, 5);
      expect(clipped.moments[0]).toBeCloseTo(0.6, 5);
      expect(clipped.moments[1]).toBeCloseTo(0.8, 5);
      expect(applied(100).moments.map((value) => Number(value.toFixed(4)))).toEqual([3, 4]);
      expect(applied(undefined).norm).toBeUndefined();
      expect(applied(1, [Number.POSITIVE_INFINITY, 1]).norm).toBe(Number.POSITIVE_INFINITY);
      expect(applied(1, [Number.NaN, 1]).norm).toBeNaN();
    });
  });

  test('the sum tells of any value that is no number, also where infinities would cancel', () => {
    tf.tidy(() => {
      expect(applied(undefined).sum).toBe(7);
      const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: below, NaN: none } = Number;
      for (const values of [
        [infinity, 1],
        [1, none],
        [infinity, below],
      ]) {
        expect(applied(undefined, values).sum, String(values)).not.toSatisfy(Number.isFinite);
      }
    });
  });
});

describe('a step', () => {
  const config = { ...tinyConfig, batch_size: 1 };
  const FRAMES = 8;
  const batch = (size = 1, frames = FRAMES): Batch => {
    const random = randomStream('noise');
    const fill = (length: number) => Float32Array.from({ length }, () => random() - 0.5);
    const samples = frames * config.hop_size;
    return {
      place: { epoch: 0, batch: 0 },
      ...{ ids: ['one', 'two'].slice(0, size), size, samples, frames },
      audio: fill(size * samples),
      mel: fill(size * frames * config.num_mels),
    };
  };
  const next = { epoch: 0, batch: 1 };

  beforeAll(async () => {
    await BACKENDS.find(({ name }) => name === 'hifigan-wasm')!.activate();
  });
  beforeEach(countTensors);
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('tells the losses of each period and scale and the norms of gradients, where details are asked for', async () => {
    const trainer = new Trainer({ config });
    const seen = new Map<string, number>();
    const {
      parts,
      details = {},
      gradientNorms,
    } = await trainer.step(batch(), next, {
      detail: true,
      observe: (of, gradients) => {
        let squares = 0;
        for (const gradient of gradients) for (const x of gradient.dataSync()) squares += x * x;
        seen.set(of, Math.sqrt(squares));
      },
    });
    expect(Object.keys(details).sort()).toEqual(
      ['disc', 'feature', 'gen'].flatMap((kind) => [
        ...[0, 1, 2, 3, 4].map((period) => `${kind}_mpd_${period}`),
        ...[0, 1, 2].map((scale) => `${kind}_msd_${scale}`),
      ]),
    );
    for (const [name, value] of Object.entries(parts)) {
      // They have no parts.
      if (name === 'mel') continue;
      const own = Object.entries(details).filter(([detail]) => detail.startsWith(`${name}_`));
      const total = own.reduce((sum, [, one]) => sum + one, 0);
      expect(total, name).toBeCloseTo(value, 6);
      // Every one of them has scores of its own.
      expect(new Set(own.map(([, one]) => one)).size).toBe(own.length);
    }
    for (const of of ['generator', 'discriminators'] as const) {
      const [found, expected] = [gradientNorms?.[of] ?? Number.NaN, seen.get(of)!];
      console.log(
        `${of}: norm ${found}, off by ${Math.abs(found / expected - 1).toExponential(1)}`,
      );
      expect(Math.abs(found / expected - 1)).toBeLessThanOrEqual(1e-5);
    }
    const plain = await trainer.step(batch(), next);
    expect(plain).not.toHaveProperty('details');
    expect(plain).not.toHaveProperty('gradientNorms');
    trainer.dispose();
  }, 120_000);

  test('magnitudes are a loss of their own, without details, the same in parts', async () => {
    const learning = { ...config, lambda_melloss: 3, lambda_magnitude_loss: 15 };
    const clips = batch(2, 40);
    const found = [];
    for (const atATime of [undefined, 1]) {
      const trainer = new Trainer({
        config: learning,
        microBatch: new MicroBatch({ clips: atATime }),
      });
      const gradients: number[] = [];
      const observe = (of: string, tensors: readonly tf.Tensor[]) => {
        if (of === 'generator') gradients.push(...tensors.flatMap((one) => [...one.dataSync()]));
      };
      const losses = await trainer.step(clips, next, { detail: true, observe });
      found.push({ losses, gradients });
      trainer.dispose();
    }
    const [whole, inParts] = found;
    const { mel = 0, magnitude = 0, disc_mpd, disc_msd, ...before } = whole.losses.parts;
    const others = Object.values(before).reduce((sum, value) => sum + value, 0);
    expect(magnitude).toBeGreaterThan(0);
    expect(whole.losses.mel).toBe(mel);
    expect(whole.losses.generator).toBeCloseTo(3 * mel + 15 * magnitude + others, 3);
    expect(whole.losses.discriminator).toBeCloseTo((disc_mpd ?? 0) + (disc_msd ?? 0), 6);
    expect(Object.keys(whole.losses.details ?? {})).toHaveLength(3 * 8);
    expect(inParts.losses.parts.magnitude! / magnitude).toBeCloseTo(1, 5);
    expectClose(inParts.gradients, whole.gradients, { relative: 1e-4 });
  }, 120_000);

  test('gradients go through the reducer before anything else, and its own count', async () => {
    const order: string[] = [];
    const trainer = new Trainer({
      config,
      adversarialStart: 9,
      reduce: (of, gradients) => {
        order.push(`reduce ${of}`);
        // One stays as it is, the others are new.
        return gradients.map((gradient, index) =>
          index === 0 ? gradient : tf.zerosLike(gradient),
        );
      },
    });
    let first = 0;
    const { gradientNorms } = await trainer.step(batch(), next, {
      detail: true,
      observe: (of, gradients) => {
        order.push(`observe ${of}`);
        first = tf.tidy(() => tf.norm(gradients[0]).dataSync()[0]);
        expect(gradients.slice(1).every((one) => one.dataSync().every((x) => x === 0))).toBe(true);
      },
    });
    expect(order).toEqual(['reduce generator', 'observe generator']);
    expect(gradientNorms?.generator).toBeCloseTo(first, 5);
    trainer.dispose();
  });

  test.each([
    [true, /gradient_norm_generator=Infinity, gradients_generator=Infinity; its clips were one/],
    // Nobody asked for the norm.
    [false, /are mel=[\d.]+, gradients_generator=Infinity; its clips were one/],
  ])(
    'a gradient that is infinite, while all losses are numbers, ends the training; details %s',
    async (detail, message) => {
      const trainer = new Trainer({
        config,
        adversarialStart: 9,
        reduce: (_, gradients) =>
          gradients.map((gradient) => tf.fill(gradient.shape, Number.POSITIVE_INFINITY)),
      });
      await expect(trainer.step(batch(), next, { detail })).rejects.toThrow(message);
      trainer.dispose();
    },
  );
});
