import { MultiPeriodDiscriminator } from '@hifigan/models';
import { OutOfMemoryError } from '@hifigan/ops';
import { BACKENDS, onBackendsWithKernels } from '@hifigan/test-backends';
import { difference, tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Batch } from './batches.js';
import { MicroBatch, partsOf } from './parts.js';
import { randomStream } from './random.js';
import type { StepLosses } from './step-losses.js';
import { Trainer } from './trainer.js';

/** V1's kind of block, small, and four clips of 16 ms: the discriminators are large whatever the generator is. */
const config = { ...tinyConfig, resblock: '1' as const, resblock_dilation_sizes: [[1, 3, 5]] };
const SIZE = 4;
const FRAMES = 8;

function noise(step: number): Batch {
  const random = randomStream('noise', step);
  const fill = (length: number, scale: number) =>
    Float32Array.from({ length }, () => scale * (random() - 0.5));
  const samples = FRAMES * config.hop_size;
  return {
    place: { epoch: 0, batch: step },
    ids: ['a', 'b', 'c', 'd'],
    size: SIZE,
    samples,
    frames: FRAMES,
    audio: fill(SIZE * samples, 1),
    mel: fill(SIZE * FRAMES * config.num_mels, 4),
  };
}

/** Everything that a few steps leave, and the losses and gradients of the first. */
interface Trace {
  readonly losses: StepLosses;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  readonly buffers: ReadonlyMap<string, Float32Array>;
  readonly weights: ReadonlyMap<string, Float32Array>;
}

async function trace(
  clips: number | undefined,
  steps: number,
  learning_rate = config.learning_rate,
): Promise<Trace> {
  const before = tf.memory().numTensors;
  const trainer = new Trainer({
    config: { ...config, learning_rate },
    microBatch: new MicroBatch({ clips }),
  });
  const adversary = trainer.join();
  const gradients = new Map<string, Float32Array>();
  const observe = (of: string, found: readonly tf.Tensor[]) => {
    const { parameters } = of === 'generator' ? trainer.optimizer : adversary.optimizer;
    [...parameters.keys()].forEach((name, index) => {
      gradients.set(`${of} ${name}`, found[index].dataSync().slice() as Float32Array);
    });
  };
  let losses: StepLosses | undefined;
  let held = 0;
  for (let step = 0; step < steps; step++) {
    const first = step === 0;
    const found = await trainer.step(
      noise(step),
      { epoch: 0, batch: step + 1 },
      first ? { observe } : {},
    );
    losses ??= found;
    // Moments are made in the first step.
    if (first) held = tf.memory().numTensors;
    expect(tf.memory().numTensors).toBe(held);
  }
  const networks = [['g', trainer.generator] as const, ...adversary.networks];
  const read = (kind: 'parameters' | 'buffers') =>
    new Map(
      networks.flatMap(([key, network]) =>
        [...network.state[kind]].map(
          ([name, variable]) =>
            [`${key}.${name}`, variable.dataSync().slice() as Float32Array] as const,
        ),
      ),
    );
  const result = {
    losses: losses!,
    gradients,
    buffers: read('buffers'),
    weights: read('parameters'),
  };
  trainer.dispose();
  expect(tf.memory().numTensors).toBe(before);
  return result;
}

/**
 * The largest max|Δ| / max|reference| of all arrays. An array of one value is a sum in which most cancels: it is held
 * against the largest of its layer.
 */
function worst(
  found: ReadonlyMap<string, Float32Array>,
  reference: ReadonlyMap<string, Float32Array>,
): { readonly off: number; readonly of: string } {
  // A loop, as these are a hundred million values.
  const largest = (values: Float32Array) => {
    let most = 0;
    for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
    return most;
  };
  const layerOf = (name: string) => name.slice(0, name.lastIndexOf('.') + 1);
  let [off, of] = [0, ''];
  for (const [name, values] of reference) {
    const beside =
      values.length > 1
        ? [values]
        : [...reference].flatMap(([other, its]) => (layerOf(other) === layerOf(name) ? [its] : []));
    const one = difference(found.get(name)!, values).max / Math.max(...beside.map(largest));
    if (!(one <= off)) [off, of] = [one, name];
  }
  return { off, of };
}

const lossesOf = ({ losses: { parts, generator } }: Trace) =>
  new Map(
    Object.entries({ ...parts, generator }).map(
      ([name, value]) => [`loss ${name}`, Float32Array.of(value)] as const,
    ),
  );

onBackendsWithKernels((backend) => {
  // The native library computes a clip otherwise in a batch of another size, and the signs that are the gradient of
  // |mel(y) − mel(ŷ)| turn with the last bits.
  const tolerance = backend === 'hifigan-wasm' ? 1e-5 : 2e-3;

  test('a batch of four in parts of 1 and of 3 (3 + 1) is the whole batch: losses, gradients, vectors, weights', async () => {
    const whole = await trace(undefined, 2);
    // That with a shorter last part takes the step that needs the first's moments, too; of the other the first tells.
    for (const [clips, steps] of [
      [1, 1],
      [3, 2],
    ] as const) {
      const parts = await trace(clips, steps);
      expect([...lossesOf(parts).keys()]).toEqual([...lossesOf(whole).keys()]);
      const found = {
        losses: worst(lossesOf(parts), lossesOf(whole)),
        gradients: worst(parts.gradients, whole.gradients),
        ...(steps === 2 && { vectors: worst(parts.buffers, whole.buffers) }),
      };
      for (const [what, { off, of }] of Object.entries(found)) {
        console.log(`parts of ${clips}: ${what} within ${off.toExponential(1)} (${of})`);
        // These are of weights whose first updates are the signs of gradients.
        const allowed = what === 'vectors' ? 1e-4 : tolerance;
        expect(off, of).toBeLessThanOrEqual(allowed);
      }
      if (steps === 1) continue;
      let [sum, count] = [0, 0];
      for (const [name, values] of whole.weights) {
        sum += difference(parts.weights.get(name)!, values).mean * values.length;
        count += values.length;
      }
      console.log(`weights after two steps: ${(sum / count).toExponential(1)} on average`);
      expect(sum / count).toBeLessThanOrEqual(1e-5);
    }
  }, 600_000);

  test('where weights stay as they are, so do the vectors of spectral norm, to the last bit', async () => {
    const whole = await trace(undefined, 1, 0);
    const parts = await trace(3, 1, 0);
    expect(whole.buffers.size).toBe(16);
    expect(worst(parts.buffers, whole.buffers)).toEqual({ off: 0, of: '' });
  }, 600_000);
});

describe('memory that runs out', () => {
  /** One that fails in the passes of so many clips, as the backend would. */
  function failing(name: 'forward' | 'forwardPair', clips: number) {
    const real = MultiPeriodDiscriminator.prototype[name] as (...args: unknown[]) => unknown;
    return vi.spyOn(MultiPeriodDiscriminator.prototype, name).mockImplementation(function (
      this: MultiPeriodDiscriminator,
      ...args: unknown[]
    ) {
      const found = real.apply(this, args);
      // That of pairs calls `forward`, too, but without filters.
      const meant = name === 'forwardPair' || 'filters' in (args[1] as object);
      const { shape } = args[0] as tf.Tensor;
      if (meant && shape[0] >= clips) throw new OutOfMemoryError('no more');
      return found as never;
    });
  }

  beforeAll(async () => {
    await BACKENDS.find(({ name }) => name === 'hifigan-wasm')!.activate();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test.each(['forwardPair', 'forward'] as const)(
    'in %s: only that pass runs anew, in halves, with the result of the halves',
    async (name) => {
      const start = tf.memory().numTensors;
      const told: number[] = [];
      failing(name, 2);
      const microBatch = new MicroBatch({
        adapts: true,
        onSmaller: (clips) => void told.push(clips),
      });
      const trainer = new Trainer({ config, microBatch });
      const losses = await trainer.step(noise(0), { epoch: 0, batch: 1 });
      expect(told).toEqual([2, 1]);
      expect(microBatch.clips).toBe(1);
      vi.restoreAllMocks();
      const other = new Trainer({ config, microBatch: new MicroBatch({ clips: 1 }) });
      const reference = await other.step(noise(0), { epoch: 0, batch: 1 });
      expect(losses.mel).toBeCloseTo(reference.mel, 6);
      expect(losses.generator).toBeCloseTo(reference.generator, 4);
      expect(losses.discriminator).toBeCloseTo(reference.discriminator!, 6);
      const vectors = [trainer, other].map((one) => {
        const { buffers } = one.join().networks.get('msd')!.state;
        return new Map(
          [...buffers].map(([key, v]) => [key, v.dataSync() as Float32Array] as const),
        );
      });
      expect(worst(vectors[0], vectors[1]).off).toBeLessThanOrEqual(1e-4);
      trainer.dispose();
      other.dispose();
      expect(tf.memory().numTensors).toBe(start);
    },
    600_000,
  );

  test('where parts may not be smaller, the step ends with the error, and weights and vectors are as before', async () => {
    const trainer = new Trainer({ config });
    const networks = [trainer.generator, ...trainer.join().networks.values()];
    trainer.optimizer.makeMoments();
    trainer.join().optimizer.makeMoments();
    const start = tf.memory().numTensors;
    const values = () =>
      networks.flatMap(({ state }) =>
        [...state.parameters.values(), ...state.buffers.values()].map((v) => v.dataSync().slice()),
      );
    const before = values();
    failing('forwardPair', 1);
    await expect(trainer.step(noise(0), { epoch: 0, batch: 1 })).rejects.toThrow('no more');
    expect(tf.memory().numTensors).toBe(start);
    values().forEach((after, index) => {
      expect(difference(after, before[index]).max).toBe(0);
    });
    expect(trainer.steps).toBe(0);
    trainer.dispose();
  }, 600_000);
});

test('the mel loss alone in parts, on tfjs’s plain backend', async () => {
  await tf.setBackend('cpu');
  const start = tf.memory().numTensors;
  const gradients = await Promise.all(
    [undefined, 3].map(async (clips) => {
      const trainer = new Trainer({
        config,
        adversarialStart: 9,
        microBatch: new MicroBatch({ clips }),
      });
      const found: (readonly [string, Float32Array])[] = [];
      const observe = (_: string, tensors: readonly tf.Tensor[]) => {
        [...trainer.generator.parameters.keys()].forEach((name, index) => {
          found.push([name, tensors[index].dataSync().slice() as Float32Array]);
        });
      };
      await trainer.step(noise(0), { epoch: 0, batch: 1 }, { observe });
      trainer.dispose();
      return new Map(found);
    }),
  );
  expect(worst(gradients[1], gradients[0]).off).toBeLessThanOrEqual(1e-5);
  expect(tf.memory().numTensors).toBe(start);
});

test('parts: a shorter last one, and what cannot be', () => {
  expect(partsOf(4, 3)).toEqual([
    { start: 0, size: 3, share: 0.75 },
    { start: 3, size: 1, share: 0.25 },
  ]);
  expect(partsOf(4, 4)).toEqual([{ start: 0, size: 4, share: 1 }]);
  for (const clips of [0, -1, 1.5, Number.NaN]) {
    expect(() => new MicroBatch({ clips })).toThrow(`clips=${clips} must be a whole number`);
  }
});
