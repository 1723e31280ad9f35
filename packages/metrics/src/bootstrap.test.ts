import { expectClose, golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { bootstrapMean, intervalOf } from './bootstrap.js';
import { normalCdf, normalQuantile } from './normal-distribution.js';

const file = golden(import.meta.url, 'fixtures/bootstrap.safetensors');
const samples = JSON.parse(file.metadata.samples) as string[];
const confidences = JSON.parse(file.metadata.confidences) as number[];
const array = (name: string) => file.array(name).data as Float64Array;

describe('the normal distribution', () => {
  it('is that of the tables', () => {
    const places = [0, 1, -1.959963984540054, 3, -6];
    const shares = [0.5, 0.8413447460685429, 0.025, 0.9986501019683699, 9.865876450376946e-10];
    expectClose(places.map(normalCdf), shares, { max: 1e-15 });
    expectClose(shares.slice(0, 4).map(normalQuantile), places.slice(0, 4), { max: 1e-12 });
    expect([0, 1].map(normalQuantile)).toEqual([-Infinity, Infinity]);
    expect([-40, 40].map(normalCdf)).toEqual([0, 1]);
    expect([normalCdf(Number.NaN), normalQuantile(Number.NaN)]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('bootstrapMean', () => {
  describe.each(['bca', 'percentile'] as const)('%s', (method) => {
    it.each(samples)('of resamples of %s has the interval that scipy has', (name) => {
      const values = array(`${name}/values`);
      const means = array(`${name}/means`);
      const ours = confidences.flatMap((confidence) =>
        intervalOf(values, means, { method, confidence }),
      );
      expectClose(ours, array(`${name}/${method}`), { max: 1e-12 }, method);
    });

    it.each(samples)('draws from %s as scipy does, but for chance', (name) => {
      const values = array(`${name}/values`);
      const { count, mean, low, high } = bootstrapMean(values, { method, resamples: 20_000 });
      expect(count).toBe(values.length);
      expect(mean).toBeCloseTo(values.reduce((sum, one) => sum + one, 0) / count, 12);
      const [theirLow, theirHigh] = array(`${name}/${method}`);
      const width = theirHigh - theirLow;
      const off = [low, high].map((one, i) => Math.abs((one ?? 0) - [theirLow, theirHigh][i]));
      expect(Math.max(...off) / width, `off by ${off}, of ${width}`).toBeLessThan(0.08);
    });
  });

  it('is the same for the same seed, and another for another', () => {
    const values = array('scores/values');
    const found = bootstrapMean(values, { seed: 7 });
    expect(bootstrapMean(values, { seed: 7 })).toEqual(found);
    expect(bootstrapMean(values, { seed: 8 })).not.toEqual(found);
    expect(bootstrapMean(values)).toEqual(
      bootstrapMean(values, { seed: 0, method: 'bca', confidence: 0.95, resamples: 2000 }),
    );
  });

  it('holds the true mean about as often as it promises', () => {
    // Of the mean of 30 draws of a skewed distribution, -ln(u), whose mean is 1.
    let state = 1;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state + 0.5) / 2 ** 32;
    };
    const trials = 1000;
    const missed = { bca: [0, 0], percentile: [0, 0] };
    for (let trial = 0; trial < trials; trial++) {
      const values = Array.from({ length: 30 }, () => -Math.log(random()));
      for (const method of ['bca', 'percentile'] as const) {
        const options = { method, seed: trial, resamples: 500, confidence: 0.9 };
        const { low, high } = bootstrapMean(values, options);
        if (low !== null && low > 1) missed[method][0]++;
        if (high !== null && high < 1) missed[method][1]++;
      }
    }
    // Draws are seeded: 128 and 136 of 1000, where 30 values promise some 100 and are known to keep less. What BCa is
    // for shows at the ends: percentiles miss the heavy side three times as often as the other.
    expect(missed).toEqual({ bca: [49, 79], percentile: [33, 103] });
  });

  it('moves and stretches with the values', () => {
    const values = array('skewed/values');
    const { mean, low, high } = bootstrapMean(values);
    const moved = bootstrapMean(values.map((value) => 3 - 2 * value));
    // Turned over, another end is low: the same draws make the same means, and BCa's ends trade places exactly.
    expectClose(
      [moved.mean, moved.low ?? 0, moved.high ?? 0],
      [mean, high, low].map((one) => 3 - 2 * (one ?? 0)),
      { max: 1e-12 },
    );
    const stretched = bootstrapMean(values.map((value) => 4 * value + 1));
    expectClose(
      [stretched.low ?? 0, stretched.high ?? 0],
      [low, high].map((end) => 4 * (end ?? 0) + 1),
      { max: 1e-12 },
    );
  });

  it('of equal values is the value; of one alone there is no interval', () => {
    expect(bootstrapMean([0.1, 0.1, 0.1])).toMatchObject({ count: 3 });
    const { mean, low, high } = bootstrapMean([0.1, 0.1, 0.1]);
    expectClose([mean, low ?? 0, high ?? 0], [0.1, 0.1, 0.1], { max: 1e-15 });
    expect(bootstrapMean([0.5])).toEqual({ count: 1, mean: 0.5, low: null, high: null });
  });

  it('of a confidence that float64 has no quantile of reaches from the least mean to the greatest', () => {
    const values = array('skewed/values');
    const means = array('skewed/means');
    const outermost = [Math.min(...means), Math.max(...means)];
    const confidence = 0.999999999999999;
    const found = intervalOf(values, means, { confidence });
    expectClose(found, outermost, { max: 1e-9 });
  });

  it('refuses what has no mean, and impossible options', () => {
    expect(() => bootstrapMean([])).toThrow(/values must be at least one.*;/);
    expect(() => bootstrapMean([1, Number.NaN])).toThrow(/values\[1\]=NaN must be finite/);
    expect(() => bootstrapMean(undefined as unknown as [])).toThrow(/values=undefined must be an/);
    expect(() => bootstrapMean([1], null as unknown as object)).toThrow(/options=null must be/);
    expect(() => bootstrapMean([1], { method: 'bcaa' as 'bca' })).toThrow(
      /method=bcaa must be bca/,
    );
    expect(() => bootstrapMean([1], { confidence: 95 })).toThrow(/confidence=95 must be between/);
    expect(() => bootstrapMean([1], { resamples: 0 })).toThrow(/resamples=0/);
    expect(() => bootstrapMean([1, 2], { resamples: 1e12 })).toThrow(
      /resamples=1000000000000 must be a whole number from 1 to 10000000, because/,
    );
    expect(() => bootstrapMean([1], { seed: 0.5 })).toThrow(/seed=0.5/);
  });
});
