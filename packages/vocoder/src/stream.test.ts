import type { Mel } from '@hifigan/audio';
import { type HifiGanConfig, presets } from '@hifigan/config';
import { receptiveField } from '@hifigan/models';
import { onBackendsAndPlain, onBackendsWithKernels } from '@hifigan/test-backends';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomOf, smallBundle, smallConfig } from './testing/small-bundle.js';
import { Vocoder } from './vocoder.js';

const melOf = (frames: number, mels: number): Mel => ({
  data: Float32Array.from({ length: frames * mels }, randomOf(frames)).map(
    (value) => value * 8 - 8,
  ),
  frames,
  mels,
});

/** A mel in parts of the lengths given, then what is left. */
function* partsOf({ data, frames, mels }: Mel, lengths: readonly number[]): Generator<Mel> {
  let from = 0;
  for (const length of [...lengths, frames]) {
    const to = Math.min(frames, from + length);
    yield { data: data.slice(from * mels, to * mels), frames: to - from, mels };
    from = to;
  }
}

async function joined(parts: AsyncIterable<Float32Array>): Promise<Float32Array> {
  const all: number[] = [];
  for await (const part of parts) for (const sample of part) all.push(sample);
  return Float32Array.from(all);
}

const second: HifiGanConfig = {
  ...smallConfig,
  resblock: '2',
  resblock_dilation_sizes: [
    [1, 2],
    [3, 12],
  ],
};

onBackendsAndPlain(() => {
  it.each([
    ['1', smallConfig],
    ['2', second],
  ])('block %s: any parts and any pieces make the sound of the whole', async (_, config) => {
    const vocoder = await Vocoder.load(await smallBundle(1, config));
    const tensors = tf.memory().numTensors;
    const { before, after } = receptiveField(config);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 2 * (before + after) }),
        fc.array(fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 40 })), { maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (frames, lengths, chunkFrames) => {
          const mel = melOf(frames, 6);
          const whole = await vocoder.synthesize(mel);
          const streamed = await joined(vocoder.stream(partsOf(mel, lengths), { chunkFrames }));
          expectClose(streamed, whole, { max: 1e-5 }, `${frames} frames by ${chunkFrames}`);
        },
      ),
      { numRuns: 15, seed: 7 },
    );
    expect(tf.memory().numTensors).toBe(tensors);
    await vocoder.dispose();
  });
});

onBackendsWithKernels(() => {
  describe('joined, a stream is the whole', () => {
    for (const [name, config] of Object.entries(presets)) {
      it(`${name}`, { timeout: 120_000 }, async () => {
        const vocoder = await Vocoder.load(await smallBundle(1, config));
        // More than a sample depends on, so that there are pieces with context on both sides.
        const mel = melOf(31, config.num_mels);
        const whole = await vocoder.synthesize(mel);
        const peak = whole.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        expect(peak).toBeGreaterThan(0.01);
        for (const [chunkFrames, lengths] of [
          [5, [1, 0, 1, 1, 25]],
          [40, [0, 31]],
        ] as const) {
          const streamed = await joined(vocoder.stream(partsOf(mel, lengths), { chunkFrames }));
          expectClose(streamed, whole, { max: 1e-5 }, `pieces of ${chunkFrames}`);
        }
        await vocoder.dispose();
      });
    }
  });
});
