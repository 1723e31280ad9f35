import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { buzz } from '../testing.js';
import { yinCandidates } from './yin-candidates.js';
import { createYinDifference } from './yin-difference.js';

describe('createYinDifference', () => {
  it('is the definition, term by term, before the start too', () => {
    const signal = buzz(() => 700, 0.02);
    const [size, shortest, longest] = [100, 4, 40];
    const yin = createYinDifference(size, shortest, longest);
    for (const start of [-30, 0, 77, 290]) {
      const at = (n: number) => (n < size ? (signal[start + n] ?? 0) : 0);
      const differences = Array.from({ length: longest + 1 }, (_, period) => {
        let sum = 0;
        for (let n = 0; n < size; n++) sum += (at(n) - at(n + period)) ** 2;
        return sum;
      });
      const expected = differences.flatMap((value, period) => {
        const mean = differences.slice(1, period + 1).reduce((sum, one) => sum + one, 0) / period;
        return period < shortest ? [] : [value / mean];
      });
      const found = new Float64Array(longest - shortest + 1);
      yin.measure(signal, start, found);
      expectClose(found, expected, { max: 1e-9 }, `from ${start}`);
    }
  });
});

describe('yinCandidates', () => {
  it('lets each threshold vote for the troughs below it', () => {
    // Troughs of 0.3 and 0.005; the parabola through 1, 0.3, 0.9 has its vertex 0.0385 after the middle.
    const found = yinCandidates(Float64Array.of(1, 0.3, 0.9, 0.8, 0.005, 0.8), 10);
    expect(found.map(({ period }) => period.toFixed(4))).toEqual(['11.0385', '14.0000']);
    // Beta(2, 18) lies above 0.3 with 0.7^18·(1 + 18·0.3); there e^-2 of the first vote goes to the second.
    const above = 0.7 ** 18 * (1 + 18 * 0.3);
    const first = above / (1 + Math.exp(-2));
    expectClose(
      found.map(({ probability }) => probability),
      [first, 1 - first],
      { max: 1e-9 },
    );
  });

  it('gives little where no trough is deep enough, and nothing where there is none', () => {
    const [{ probability }] = yinCandidates(Float64Array.of(2, 1.5, 2), 10);
    expect(Math.abs(probability - 0.01), `${probability}`).toBeLessThan(1e-9);
    expect(yinCandidates(new Float64Array(8), 10)).toEqual([]);
  });
});
