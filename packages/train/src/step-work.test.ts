import { type HifiGanConfig, presets } from '@hifigan/config';
import { expect, it } from 'vitest';
import { stepOperations, stepWork } from './step-work.js';

it('operations of a step of the mel loss, by hand', () => {
  const config = {
    ...presets.v3,
    ...{ upsample_rates: [4], upsample_kernel_sizes: [8], upsample_initial_channel: 8 },
    ...{ resblock_kernel_sizes: [3], resblock_dilation_sizes: [[1, 2]] },
    ...{ hop_size: 4, n_fft: 8, win_size: 8, segment_size: 64, num_mels: 10 },
  };
  const pre = 7 * 10 * 8 * 16;
  const generator = pre + 8 * 8 * 4 * 16 + 2 * 3 * 4 * 4 * 64 + 7 * 4 * 64;
  // Two hops of four samples for each frame, sines and cosines of five bins.
  const logMel = 8 * 2 * 5 * 16;
  const work = stepWork(config);
  expect(work.logMel).toEqual({ weights: 8 * 2 * 5, multiplications: logMel });
  // Forward, back to filters and to inputs, but not to the mel; the loss hears both signals, and goes back to one.
  expect(stepOperations(work, { clips: 3, adversarial: false })).toBe(
    2 * 3 * (3 * generator - pre + 3 * logMel),
  );
});

it('with the discriminators: nine passes of them, but for the gradients to the audio in their own step', () => {
  const work = stepWork(presets.v3);
  const parts = [...work.mpd, ...work.msd];
  const all = parts.flatMap(({ layers }) => layers.map((layer) => layer.multiplications));
  const firsts = parts.map(({ layers }) => layers[0].multiplications);
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const more =
    stepOperations(work, { clips: 2, adversarial: true }) -
    stepOperations(work, { clips: 2, adversarial: false });
  expect(more).toBe(2 * 2 * (9 * sum(all) - 2 * sum(firsts)));
  // In parts, the generator goes forward once more.
  const inParts = stepOperations(work, { clips: 2, atATime: 1, adversarial: true });
  const forward = work.generator.layers.map((layer) => layer.multiplications);
  expect(inParts - stepOperations(work, { clips: 2, adversarial: true })).toBe(
    2 * 2 * sum(forward),
  );
  // V3's generator is the least of it.
  expect(stepOperations(work, { clips: 2, adversarial: true }) / 1e9).toBeCloseTo(320, 0);
});

it('the loss hears no more than fmax_for_loss', () => {
  const { logMel } = stepWork({ ...presets.v1, fmax_for_loss: 8000 });
  // 8000 Hz lie in bin 371 of 1024 at 22050 Hz.
  expect(logMel.weights).toBe(1024 * 2 * 372);
});

it('counts each view of the spectral losses once', () => {
  const scales = { ...presets.v1, fmax_for_loss: 8000, use_multiscale_melloss: true };
  const weights = (config: HifiGanConfig) => stepWork(config).logMel.weights;
  // To 700 Hz lie 66 bins of 2048 and 131 of 4096.
  expect(weights({ ...scales, lambda_magnitude_loss: 15 }) - weights(scales)).toBe(
    2048 * 2 * 66 + 4096 * 2 * 131,
  );
});
