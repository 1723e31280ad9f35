import { setTimeout } from 'node:timers/promises';
import { type HifiGanConfig, presets } from '@hifigan/config';
import { exportState, Generator } from '@hifigan/models';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { FineTuning, type ValidatedStep } from './fine-tuning.js';
import { randomStream } from './random.js';
import { splitRecordings } from './recordings.js';
import { Trainer } from './trainer.js';
import { validate } from './validation.js';

const config: HifiGanConfig = { ...presets.v1, ...tinyConfig };
const rate = config.sampling_rate;

/** Tones that swell, so that there is something to learn. */
function recording(id: string, seconds: number) {
  const audio = Float32Array.from({ length: seconds * rate }, (_, n) => {
    const time = n / rate;
    return 0.5 * Math.sin(2 * Math.PI * 300 * time) * Math.abs(Math.sin(3 * time));
  });
  return { id, audio };
}

async function beginning() {
  const generator = Generator.initialize(config, randomStream('generator', 1));
  const weights = await exportState(generator);
  generator.dispose();
  return weights;
}

const recordings = [recording('a', 6), recording('b', 6)];
const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Runs it until so many steps are done. */
async function learn(tuning: FineTuning, steps: number, each: (step: number) => void = () => {}) {
  const stop = new AbortController();
  const losses: number[] = [];
  const validations: ValidatedStep[] = [];
  await tuning.run({
    signal: stop.signal,
    onStep: (step, loss) => {
      losses.push(loss);
      each(step);
      if (step === steps && step % 25 !== 0) stop.abort();
    },
    onValidation: (found) => {
      validations.push(found);
      if (found.steps === steps) stop.abort();
    },
  });
  return { losses, validations };
}

onBackendsAndPlain(() => {
  test('a generator learns from recordings in memory, which held-out pieces tell; no tensor is left', async () => {
    const weights = await beginning();
    const before = tf.memory().numTensors;
    const tuning = new FineTuning({ config, weights, recordings, pause });
    const tensors: number[] = [];
    const { losses, validations } = await learn(tuning, 25, () =>
      tensors.push(tf.memory().numTensors),
    );
    expect(losses).toHaveLength(25);
    expect(validations.map(({ steps }) => steps)).toEqual([0, 25]);
    expect(validations[1].mel).toBeLessThan(validations[0].mel);
    expect(new Set(tensors.slice(1)).size).toBe(1);

    // What is taken out is what was measured.
    const learned = await tuning.learned();
    expect([learned.steps, learned.validation]).toEqual([25, validations[1]]);
    const other = new FineTuning({ config, weights: learned.weights, recordings, pause });
    const { validations: again } = await learn(other, 1);
    expect(again[0].mel).toBeCloseTo(validations[1].mel, 5);
    await other.dispose();
    await tuning.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('it begins with the weights as they are, and goes on where it was ended', async () => {
    const weights = await beginning();
    const tuning = new FineTuning({ config, weights, recordings, pause });
    const { validations } = await learn(tuning, 1);
    const generator = Generator.initialize(config, randomStream('generator', 1));
    const { heldOut } = splitRecordings(recordings, 2 * rate);
    const { mel } = await validate(generator, config, heldOut, { most: 8 });
    generator.dispose();
    expect(validations[0].mel).toBeCloseTo(mel, 6);
    const { losses, validations: later } = await learn(tuning, 3);
    expect([losses.length, later.length, tuning.steps]).toEqual([2, 0, 3]);
    await tuning.dispose();
  });

  test('while it is held nothing is learned, but what was can be had', async () => {
    const tuning = new FineTuning({ config, weights: await beginning(), recordings, pause });
    const stop = new AbortController();
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isHeld = () => {};
    const heldAtLast = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const run = tuning.run({
      signal: stop.signal,
      onStep: (steps) => {
        if (steps > 5) stop.abort();
      },
      hold: async () => {
        if (tuning.steps < 2) return;
        isHeld();
        await held;
      },
    });
    await Promise.race([heldAtLast, run]);
    const [one, other] = [await tuning.learned(), await tuning.learned()];
    expect([one.steps, other.steps, tuning.steps]).toEqual([2, 2, 2]);
    stop.abort();
    release();
    await run;
    expect(tuning.steps).toBe(2);
    await tuning.dispose();
  });

  test('a timer that holds it may be ended by the same signal', async () => {
    const tuning = new FineTuning({ config, weights: await beginning(), recordings, pause });
    const { signal } = new AbortController();
    const stop = new AbortController();
    const hold = () => setTimeout(60_000, undefined, { signal: stop.signal });
    const run = tuning.run({ signal: stop.signal, hold, onValidation: () => queueMicrotask(end) });
    const end = () => stop.abort(new Error('enough'));
    await run;
    // Of another signal it is an error.
    await expect(tuning.run({ signal, hold })).rejects.toMatchObject({ name: 'AbortError' });
    await tuning.dispose();
  });

  test('it ends within a step, which then has changed nothing', async () => {
    const weights = await beginning();
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    let pauses = 0;
    const tuning = new FineTuning({
      ...{ config, weights, recordings },
      // Somewhere on the way back of the first step, after the validation.
      pause: async () => {
        if (++pauses === 10) stop.abort();
      },
    });
    await tuning.run({ signal: stop.signal });
    expect([pauses, tuning.steps]).toEqual([10, 0]);
    const { weights: left } = await tuning.learned();
    for (const [name, { data }] of left) {
      if (name.endsWith('.bias')) expect(data).toEqual(weights.get(name)!.data);
    }
    await tuning.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a step that spoils the weights ends it, and what was validated last is left', async () => {
    const weights = await beginning();
    const tuning = new FineTuning({ config, weights, recordings, pause });
    const step = Trainer.prototype.step;
    const { validations } = await learn(tuning, 1);
    Trainer.prototype.step = function (batch, ...rest) {
      batch.mel.fill(Number.NaN);
      return step.call(this, batch, ...rest);
    };
    try {
      await expect(learn(tuning, 4)).rejects.toThrow('must be numbers');
    } finally {
      Trainer.prototype.step = step;
    }
    const { steps, validation, weights: left } = await tuning.learned();
    expect([steps, validation]).toEqual([0, validations[0]]);
    for (const { data } of left.values()) expect(data.every(Number.isFinite)).toBe(true);
    await tuning.dispose();
  });

  test('a step that spoils the weights is told even where it was to end then, and nothing goes on from it', async () => {
    const tuning = new FineTuning({ config, weights: await beginning(), recordings, pause });
    const step = Trainer.prototype.step;
    const stop = new AbortController();
    Trainer.prototype.step = function (batch, next, options) {
      batch.mel.fill(Number.NaN);
      // Ended after its last pause, while its losses are read.
      const result = step.call(this, batch, next, { ...options, pause: async () => {} });
      stop.abort();
      return result;
    };
    try {
      await expect(tuning.run({ signal: stop.signal })).rejects.toThrow('must be numbers');
    } finally {
      Trainer.prototype.step = step;
    }
    await expect(tuning.run({ signal: AbortSignal.abort() })).rejects.toThrow(
      'run: the weights must be numbers',
    );
    expect((await tuning.learned()).steps).toBe(0);
    await tuning.dispose();
  });

  test('it runs once at a time, and disposed of within a step it frees the weights after it', async () => {
    const weights = await beginning();
    const before = tf.memory().numTensors;
    let pauses = 0;
    const { signal } = new AbortController();
    const second: Promise<void>[] = [];
    const disposed: Promise<void>[] = [];
    const tuning: FineTuning = new FineTuning({
      ...{ config, weights, recordings },
      pause: async () => {
        if (++pauses === 8) second.push(expect(tuning.run({ signal })).rejects.toThrow('again'));
        if (pauses !== 10) return;
        const variables = Object.keys(tf.engine().registeredVariables);
        disposed.push(tuning.dispose(), tuning.dispose());
        await pause();
        // The step's own are still there.
        expect(Object.keys(tf.engine().registeredVariables)).toEqual(variables);
        expect(variables.length).toBeGreaterThan(10);
      },
    });
    await tuning.run({ signal });
    expect([pauses, second.length, disposed.length]).toEqual([10, 1, 2]);
    await Promise.all([...second, ...disposed]);
    expect(tf.memory().numTensors).toBe(before);
    await expect(tuning.run({ signal })).rejects.toThrow('run: must come before dispose');
    await expect(tuning.learned()).rejects.toThrow('learned: must come before dispose');
  });

  test('weights that a validation finds spoilt are none to go back to', async () => {
    const tuning = new FineTuning({ config, weights: await beginning(), recordings, pause });
    const step = Trainer.prototype.step;
    Trainer.prototype.step = async function (batch, ...rest) {
      const losses = await step.call(this, batch, ...rest);
      if (this.steps < 25) return losses;
      for (const { parameters } of [this.generator, this.evaluated]) {
        for (const variable of parameters.values()) {
          tf.tidy(() => variable.assign(tf.fill(variable.shape, Number.NaN)));
        }
      }
      return losses;
    };
    try {
      await expect(learn(tuning, 27)).rejects.toThrow('must be numbers');
    } finally {
      Trainer.prototype.step = step;
    }
    expect((await tuning.learned()).steps).toBe(0);
    await tuning.dispose();
  });

  test('too little to learn from, and weights of another model, are refused in words', async () => {
    const before = tf.memory().numTensors;
    const weights = await beginning();
    expect(
      () => new FineTuning({ config, weights, recordings: [recording('a', 9)], pause }),
    ).toThrow('have 9.0 s together and must have 10 at least');
    const [name] = weights.keys();
    weights.delete(name);
    expect(
      () => new FineTuning({ config, weights, where: 'voice.pth', recordings, pause }),
    ).toThrow('voice.pth');
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the mel loss is at one resolution, with the weight for that, whatever the voice learned by', async () => {
  await tf.setBackend('cpu');
  const weights = await beginning();
  const learned = async (own: HifiGanConfig) => {
    const tuning = new FineTuning({ config: own, weights, recordings, pause });
    const { losses, validations } = await learn(tuning, 2);
    await tuning.dispose();
    return [...losses, validations[0].mel];
  };
  const long = { ...config, segment_size: 2560 };
  const magnitudes = { ...long, lambda_magnitude_loss: 15 };
  const one = await learned(magnitudes);
  const many = { ...magnitudes, use_multiscale_melloss: true, lambda_melloss: 3 };
  expect(await learned(many)).toEqual(one);
  const [first, second] = await learned(long);
  expect(first).toBe(one[0]);
  expect(second).not.toBe(one[1]);
}, 60_000);
