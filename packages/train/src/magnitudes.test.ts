import { onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose, hashedUniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { createBinMagnitudes } from './magnitudes.js';

onBackendsAndPlain(() => {
  // Bands are compared with @hifigan/audio in log-mel.test.ts.
  test('the lowest bins are those of a Fourier transform, frames in the middle of their hops', () => {
    const [samples, nFft, hopSize, bins] = [96, 32, 8, 5];
    const audio = hashedUniform('bins', [samples], 1);
    const mirrored = (n: number) =>
      audio[Math.abs(n) < samples ? Math.abs(n) : 2 * samples - 2 - n];
    const expected = Array.from({ length: samples / hopSize + 1 }, (_, frame) =>
      Array.from({ length: bins }, (_, bin) => {
        let [real, imaginary] = [0, 0];
        for (let n = 0; n < nFft; n++) {
          const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / nFft);
          const angle = (2 * Math.PI * bin * n) / nFft;
          const value = window * mirrored(frame * hopSize + n - nFft / 2);
          real += value * Math.cos(angle);
          imaginary += value * Math.sin(angle);
        }
        return Math.sqrt(real ** 2 + imaginary ** 2 + 1e-9);
      }),
    ).flat();
    const start = tf.memory().numTensors;
    const magnitudes = createBinMagnitudes({ nFft, hopSize, winSize: nFft }, bins, nFft / 2);
    const found = tf.tidy(() => magnitudes.analyze(tf.tensor2d(audio, [1, samples])));
    expect(found.shape).toEqual([1, samples / hopSize + 1, bins]);
    expectClose(found.dataSync(), expected, { max: 2e-5, mean: 3e-6 });
    found.dispose();
    magnitudes.dispose();
    expect(tf.memory().numTensors).toBe(start);
  });
});
