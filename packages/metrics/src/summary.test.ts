import { describe, expect, it } from 'vitest';
import { bootstrapMean } from './bootstrap.js';
import { badness, pairedDifference, summarizeMeasure } from './summary.js';

describe('summarizeMeasure', () => {
  it('is mean, median and deviation of what is there', () => {
    expect(summarizeMeasure([4, null, 1, 2, null, 9])).toEqual({
      ...bootstrapMean([4, 1, 2, 9]),
      ...{ count: 4, mean: 4, median: 3, deviation: Math.sqrt((0 + 9 + 4 + 25) / 3) },
    });
    expect(summarizeMeasure([3, 1, 2])?.median).toBe(2);
    expect(summarizeMeasure([0.5])).toEqual({
      ...{ count: 1, mean: 0.5, low: null, high: null, median: 0.5, deviation: null },
    });
    expect(summarizeMeasure([null, null])).toBeNull();
    expect(summarizeMeasure([])).toBeNull();
  });
});

describe('pairedDifference', () => {
  it('counts what both have, and which is better', () => {
    const found = pairedDifference(
      [0.9, 0.8, null, 0.7, 0.5],
      [0.5, 0.9, 0.1, null, 0.5],
      'higher',
    );
    expect(found).toMatchObject({ count: 3, betterIn: 1, worseIn: 1 });
    expect(found?.mean).toBeCloseTo((0.4 - 0.1 + 0) / 3, 12);
    const lower = pairedDifference([0.9, 0.8, 0.2], [0.5, 0.9, 0.1], 'lower');
    expect(lower).toMatchObject({ betterIn: 1, worseIn: 2 });
    expect(lower?.mean).toBeCloseTo(0.4 / 3, 12);
    // Near zero is best, on either side.
    const zero = pairedDifference([-3, 1], [1, -2], 'zero');
    expect(zero).toMatchObject({ count: 2, mean: 0.5, betterIn: 1, worseIn: 1 });
    expect(pairedDifference([null], [1], 'lower')).toBeNull();
  });

  it('sees a small difference that two intervals side by side hide', () => {
    const hard = Array.from({ length: 30 }, (_, i) => Math.sin(i));
    const harder = hard.map((value, i) => value + 0.05 + 0.01 * Math.cos(7 * i));
    const [one, other] = [hard, harder].map((values) => summarizeMeasure(values));
    expect(other?.low).toBeLessThan(one?.high ?? 0);
    const difference = pairedDifference(harder, hard, 'lower');
    expect(difference?.low).toBeGreaterThan(0.04);
    expect(difference?.high).toBeLessThan(0.06);
  });

  it('refuses other files', () => {
    expect(() => pairedDifference([1], [1, 2], 'lower')).toThrow(/others.length=2 must be/);
    const none = undefined as unknown as number[];
    expect(() => pairedDifference([1], none, 'lower')).toThrow(/others=undefined must be an array/);
    expect(() => summarizeMeasure(none)).toThrow(/values=undefined must be an array/);
    expect(() => summarizeMeasure(Float32Array.of(1) as unknown as number[])).toThrow(
      /values must be an array, .*Array\.from/,
    );
  });

  it('refuses directions that are none', () => {
    for (const [direction, shown] of [
      ['up', "'up'"],
      [undefined, 'undefined'],
      [{ confidence: 0.9 }, 'object'],
    ] as const) {
      const better = direction as unknown as 'lower';
      const told = `better=${shown} must be one of higher, lower, zero`;
      expect(() => pairedDifference([1], [2], better)).toThrow(told);
      expect(() => badness(1, better)).toThrow(told);
    }
  });
});

it('what is worst comes last of what is sorted by badness', () => {
  expect([0.1, 0.9].map((value) => badness(value, 'higher'))).toEqual([-0.1, -0.9]);
  expect([0.1, 0.9].map((value) => badness(value, 'lower'))).toEqual([0.1, 0.9]);
  expect([-3, 2].map((value) => badness(value, 'zero'))).toEqual([3, 2]);
  expect(badness(null, 'lower')).toBeNull();
});
