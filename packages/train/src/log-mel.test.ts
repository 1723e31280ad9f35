import { createMelSpectrogram, type MelOptions } from '@hifigan/audio';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose, hashedUniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogMel } from './log-mel.js';
import { valueAndGradients } from './tape.js';

const usual: MelOptions = {
  samplingRate: 22050,
  nFft: 1024,
  hopSize: 256,
  winSize: 1024,
  numMels: 80,
  fmin: 0,
  fmax: null,
};

/** Noise over a tone that fades to silence, so that loud, quiet and clamped bands all occur. */
function recording(samples: number): Float32Array {
  const noise = hashedUniform('log-mel test', [samples], 1);
  return noise.map((value, n) => {
    const tone = Math.sin(0.05 * n + 1e-5 * n * n);
    return n > 0.9 * samples ? 0 : (0.6 * tone + 0.1 * value) * Math.exp((-4 * n) / samples);
  });
}

onBackendsAndPlain((backend) => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  // Found: max 1.4e-5, mean 3.5e-7 on cpu; 7.1e-5 and 1.4e-6 on hifigan-wasm, which multiplies less.
  const tolerance =
    backend === 'hifigan-wasm' ? { max: 2e-4, mean: 3e-6 } : { max: 5e-5, mean: 1e-6 };

  describe('equals @hifigan/audio', () => {
    const cases: [string, MelOptions, number][] = [
      ['as in V1, full band', usual, 8192],
      ['up to 8 kHz', { ...usual, fmax: 8000 }, 8192],
      ['a window shorter than the frame', { ...usual, winSize: 800 }, 4096],
      [
        'a hop that does not divide the frame',
        { ...usual, nFft: 1000, hopSize: 300, winSize: 900 },
        4200,
      ],
      ['an odd frame', { ...usual, nFft: 1023, hopSize: 255, winSize: 1023 }, 4080],
      ['samples left over', { ...usual, samplingRate: 16000, fmax: 8000 }, 5000],
    ];
    test.each(cases)('%s', (_, options, samples) => {
      const audio = recording(samples);
      const expected = createMelSpectrogram(options).analyze(audio);
      const start = tf.memory().numTensors;
      const logMel = createLogMel(options);
      const mel = tf.tidy(() => logMel.analyze(tf.tensor2d(audio, [1, samples])));
      expect(mel.shape).toEqual([1, expected.frames, expected.mels]);
      expectClose(mel.dataSync(), expected.data, tolerance);
      mel.dispose();
      logMel.dispose();
      expect(tf.memory().numTensors).toBe(start);
    });
  });

  test('its gradient agrees with finite differences, mirrored ends included', () => {
    const options = {
      ...usual,
      samplingRate: 8000,
      nFft: 64,
      hopSize: 16,
      winSize: 64,
      numMels: 8,
    };
    const spectrogram = createMelSpectrogram(options);
    const logMel = createLogMel(options);
    const audio = hashedUniform('gradient', [96], 0.5);
    const weights = hashedUniform('cotangent', [6, 8], 1);
    const x = tf.tensor2d(audio, [1, 96]);
    const { gradients } = valueAndGradients(
      () => tf.sum(tf.mul(logMel.analyze(x), tf.tensor3d(weights, [1, 6, 8]))) as tf.Scalar,
      [x],
    );
    // In float32 samples, so a step that is not lost in rounding; the mel itself is computed in float64.
    const step = 1e-3;
    const valueAt = (index: number, delta: number) => {
      const moved = audio.slice();
      moved[index] += delta;
      const { data } = spectrogram.analyze(moved);
      return data.reduce((sum, value, i) => sum + value * weights[i], 0);
    };
    const numeric = Array.from(
      audio,
      (_, index) => (valueAt(index, step) - valueAt(index, -step)) / (2 * step),
    );
    expectClose(gradients[0].dataSync(), numeric, { relative: 5e-3 });
    logMel.dispose();
  });

  test('both of a batch are analysed for themselves', () => {
    const audio = [recording(2048), recording(2048).reverse()];
    const logMel = createLogMel(usual);
    const together = logMel.analyze(tf.tensor2d([...audio[0], ...audio[1]], [2, 2048]));
    const spectrogram = createMelSpectrogram(usual);
    const expected = audio.flatMap((one) => [...spectrogram.analyze(one).data]);
    expectClose(together.dataSync(), expected, tolerance);
    logMel.dispose();
  });
});
