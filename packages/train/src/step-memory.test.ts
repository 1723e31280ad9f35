import { presets } from '@hifigan/config';
import { describe, expect, it } from 'vitest';
import { stepMemory } from './step-memory.js';
import { stepWork } from './step-work.js';

/** As the WebAssembly backend lays filters out, see its entry in the command line. */
const filterCopies = 2.7;

describe('stepMemory', () => {
  // `heapPeakBytes` in MB after two steps on noise, two threads, segments of 8,192 samples. Furthest off are parts of
  // one clip, whose filters are laid out in fewer copies.
  it.each([
    ['v3', 2, 2, true, 1793],
    ['v3', 4, 4, true, 1893],
    ['v3', 8, 8, true, 2076],
    ['v3', 4, 1, true, 1680],
    ['v2', 2, 2, true, 1789],
    ['v1', 2, 2, true, 2220],
    ['v1', 4, 2, true, 2060],
    ['v1', 2, 2, false, 526],
    ['v2', 8, 8, false, 204],
    ['v3', 8, 8, false, 221],
  ] as const)(
    '%s, %d clips, %d at a time, discriminators %s: within 15% of the measured %d MB',
    (...row) => {
      const [name, clips, atATime, adversarial, peak] = row;
      const step = { clips, atATime, adversarial, filterCopies };
      const { total } = stepMemory(stepWork(presets[name]), step);
      expect(Math.abs(total / (peak * 1e6) - 1)).toBeLessThan(0.15);
    },
  );

  it('in parts, what a part holds and the sums of gradients', () => {
    const of = (atATime?: number) =>
      stepMemory(stepWork(presets.v1), { clips: 8, atATime, adversarial: true, filterCopies });
    expect(of()).toEqual(of(8));
    expect(of(2).activations).toBe(2 * of(1).activations);
    expect(of(2).total).toBeLessThan(of().total);
    // Both discriminators' at least: one found, one summed up.
    expect(of(2).gradients).toBeGreaterThanOrEqual(4 * 70_724_591);
  });

  it('is the sum of its parts; weights and moments by hand', () => {
    for (const adversarial of [false, true]) {
      for (const copies of [0, filterCopies]) {
        const memory = stepMemory(stepWork(presets.v3), {
          ...{ clips: 3, adversarial, filterCopies: copies },
        });
        const { total, weights, optimizer, gradients, filters, activations } = memory;
        expect(weights + optimizer + gradients + filters + activations).toBeCloseTo(total, 0);
        expect(weights).toBe(4 * (1_464_322 + (adversarial ? 70_724_591 : 0)));
        expect(optimizer).toBe(2 * weights);
      }
    }
  });

  it('grows with the clips, by activations alone; with segments as well', () => {
    const of = (clips: number, segment_size = 8192) =>
      stepMemory(stepWork({ ...presets.v1, segment_size }), { clips, adversarial: false });
    expect(of(4).total - of(2).total).toBe(of(2).activations);
    expect(of(4).activations).toBe(2 * of(2).activations);
    expect(of(2, 16384).activations).toBe(of(4).activations);
  });

  it('of a generator’s tape, by hand', () => {
    // Mel [16, 80] to conv_pre [16, 8]; one stage of [64, 4] with a block of two layers.
    const tiny = {
      ...presets.v3,
      ...{ upsample_rates: [4], upsample_kernel_sizes: [8], upsample_initial_channel: 8 },
      ...{ resblock_kernel_sizes: [3], resblock_dilation_sizes: [[1, 2]] },
      ...{ hop_size: 4, n_fft: 8, win_size: 8, segment_size: 64 },
    };
    const { activations } = stepMemory(stepWork(tiny), { clips: 100, adversarial: false });
    // The upsampled signal, the block's first layer, the sum of blocks and their mean; audio; ten gradients of 64 × 4.
    expect(activations).toBe(400 * (16 * 8 + 4 * 64 * 4 + 64 + 10 * 64 * 4));
  });
});
