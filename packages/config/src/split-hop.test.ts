import { describe, expect, it } from 'vitest';
import { nearestHops, splitHop } from './split-hop.js';

const V1 = [8, 8, 2, 2];

describe('splitHop', () => {
  it.each([
    [256, V1, [8, 8, 2, 2]],
    [256, [8, 8, 4], [8, 8, 4]],
    // One rate doubled, and the stages as many: not [8, 8, 2, 2, 2], not [16, 8, 2, 2].
    [512, V1, [8, 8, 4, 2]],
    [1024, V1, [8, 8, 4, 4]],
    [300, V1, [10, 5, 3, 2]],
    [441, V1, [7, 7, 3, 3]],
    // Fewer stages where there are only so many factors.
    [275, V1, [11, 5, 5]],
    [300, [8, 8, 4], [10, 6, 5]],
    [13, V1, [13]],
    // The order of what it is to be like does not count.
    [256, [2, 8, 2, 8], [8, 8, 2, 2]],
    [2 ** 20, V1, [16, 16, 16, 16, 16]],
  ])('%d as %j is %j', (hop, like, rates) => {
    expect(splitHop(hop, like)).toEqual(rates);
  });

  it.each([101, 257, 2 * 17, 17 * 16, 1, 0, -8, 2.5, Number.NaN, 16 ** 8 * 2])(
    'has none for %d',
    (hop) => {
      expect(splitHop(hop, V1)).toEqual([]);
    },
  );

  it('finds the nearest of all splits: a search through all of up to four factors agrees', () => {
    const distance = (rates: readonly number[]) =>
      rates.reduce((sum, rate, i) => sum + Math.log(rate / V1[i]) ** 2, 0);
    /** Of three factors (where the last is 1) or four; of fewer, where `third` may be 1 too. */
    const leastDistance = (hop: number, third: number) => {
      let least = Number.POSITIVE_INFINITY;
      for (let a = 1; a <= 16; a++) {
        for (let b = 1; b <= a; b++) {
          for (let c = third; c <= b; c++) {
            const d = hop / (a * b * c);
            if (Number.isInteger(d) && d <= c) least = Math.min(least, distance([a, b, c, d]));
          }
        }
      }
      return least;
    };
    for (let hop = 2; hop <= 700; hop++) {
      const rates = splitHop(hop, V1);
      const least = leastDistance(hop, rates.length > 0 && rates.length < 3 ? 1 : 2);
      const label = `${hop}: ${rates}`;
      if (rates.length === 0) expect(leastDistance(hop, 1), label).toBe(Number.POSITIVE_INFINITY);
      // Five stages may be nearer still.
      else if (rates.length > 4) expect(rates, label).toHaveLength(5);
      else expect(distance([...rates, 1, 1, 1].slice(0, 4)), label).toBeCloseTo(least, 9);
      // Two stages or one only where there are no three.
      if (rates.length < 3) expect(leastDistance(hop, 2), label).toBe(Number.POSITIVE_INFINITY);
    }
  });
});

describe('nearestHops', () => {
  it.each([
    [257, 1, [256, 260]],
    [101, 1, [100, 104]],
    [275, 2, [270, 280]],
    [256, 1, [256]],
    [371.5, 2, [364, 378]],
    [1, 1, [2]],
  ])('of %d, multiples of %d: %j', (hop, multipleOf, expected) => {
    expect(nearestHops(hop, multipleOf)).toEqual(expected);
  });
});
