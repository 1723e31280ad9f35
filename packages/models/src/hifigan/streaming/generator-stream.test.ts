import { onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose, generatorOf, oddGenerators, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { Generator, GeneratorStream, receptiveField } from '../../index.js';

/** Samples of a mel that comes in parts of given lengths, and how many there were after each. */
function streamed(generator: Generator, mel: tf.Tensor3D, lengths: readonly number[]) {
  const stream = new GeneratorStream(generator);
  const samples: number[] = [];
  const counts: number[] = [];
  const take = (audio: tf.Tensor3D | undefined) => {
    if (audio) samples.push(...audio.dataSync());
    audio?.dispose();
    counts.push(samples.length);
  };
  let from = 0;
  for (const length of lengths) {
    const part = tf.slice(mel, [0, from, 0], [1, length, -1]);
    take(stream.push(part));
    part.dispose();
    from += length;
  }
  take(stream.end());
  stream.dispose();
  return { samples, counts };
}

onBackendsAndPlain(() => {
  describe.each(Object.entries(oddGenerators))('%s', (_, config) => {
    const frames = 45;
    const { num_mels: mels } = config;

    it('joined, the parts are the whole, however the mel is cut', () => {
      const generator = Generator.initialize(config, generatorOf(4));
      const mel = tf.tensor3d(uniform(frames * mels, 5), [1, frames, mels]);
      const whole = tf.tidy(() => generator.forward(mel).dataSync());
      const held = tf.memory().numTensors;
      for (const lengths of [
        [frames],
        new Array(frames).fill(1),
        [1, 2, 3, 5, 8, 13, 12, 1],
        [40, 5],
        [7, 1, 1, 36],
      ]) {
        const { samples } = streamed(generator, mel, lengths);
        expectClose(samples, whole, { max: 1e-6, relative: 1e-5 }, lengths.join('+'));
      }
      expect(tf.memory().numTensors).toBe(held);
      tf.dispose(mel);
      generator.dispose();
    });

    it('speaks mels that are shorter than what a sample depends on', () => {
      const generator = Generator.initialize(config, generatorOf(4));
      for (const short of [1, 2, 3]) {
        const mel = tf.tensor3d(uniform(short * mels, 6), [1, short, mels]);
        const whole = tf.tidy(() => generator.forward(mel).dataSync());
        const { samples } = streamed(generator, mel, new Array(short).fill(1));
        expectClose(samples, whole, { max: 1e-6, relative: 1e-5 }, `${short} frames`);
        tf.dispose(mel);
      }
      generator.dispose();
    });

    it('gives each sample as soon as it is certain', () => {
      const generator = Generator.initialize(config, generatorOf(4));
      const { after } = receptiveField(config);
      const { hopSize } = generator;
      const mel = tf.tensor3d(uniform(frames * mels, 5), [1, frames, mels]);
      const { counts } = streamed(generator, mel, new Array(frames).fill(1));
      for (const [part, count] of counts.slice(0, -1).entries()) {
        // All of the frames that are as far back as the generator looks ahead; of the next one the last samples wait.
        expect(count).toBeGreaterThanOrEqual(Math.max(0, part + 1 - after) * hopSize);
        expect(count).toBeLessThan(Math.max(1, part + 2 - after) * hopSize);
      }
      expect(counts.at(-1)).toBe(frames * hopSize);
      tf.dispose(mel);
      generator.dispose();
    });

    it('frees what it keeps when it is given up', () => {
      const generator = Generator.initialize(config, generatorOf(4));
      const mel = tf.tensor3d(uniform(9 * mels, 5), [1, 9, mels]);
      const held = tf.memory().numTensors;
      const stream = new GeneratorStream(generator);
      tf.dispose(stream.push(mel) ?? []);
      expect(tf.memory().numTensors).toBeGreaterThan(held);
      stream.dispose();
      expect(tf.memory().numTensors).toBe(held);
      tf.dispose(mel);
      generator.dispose();
    });
  });
});
