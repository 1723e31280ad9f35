import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { hannWindow } from './hann-window.js';

describe('hannWindow', () => {
  it('is periodic: the end would be the next beginning', () => {
    expectClose(hannWindow(4), [0, 0.5, 1, 0.5], { max: 1e-15 });
    expectClose(hannWindow(3), [0, 0.75, 0.75], { max: 1e-15 });
    expectClose(hannWindow(1), [1], { max: 0 });
  });

  it('overlaps by halves to a constant', () => {
    const window = hannWindow(64);
    const sums = Array.from({ length: 32 }, (_, i) => window[i] + window[i + 32]);
    expectClose(sums, new Array(32).fill(1), { max: 1e-15 });
  });

  it('refuses lengths that are none', () => {
    for (const size of [0, -1, 2.5, Number.NaN]) expect(() => hannWindow(size)).toThrow(/win_size/);
  });
});
