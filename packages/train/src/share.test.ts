import { expect, test } from 'vitest';
import { itemsOf } from './share.js';

test('shares are every item of the batch once, and differ by one at most', () => {
  for (let batch = 1; batch <= 24; batch++) {
    for (let ranks = 1; ranks <= batch; ranks++) {
      const shares = Array.from({ length: ranks }, (_, rank) => itemsOf({ rank, ranks }, batch));
      const items = shares.flatMap(({ start, size }) =>
        Array.from({ length: size }, (_, index) => start + index),
      );
      expect(items).toEqual(Array.from({ length: batch }, (_, index) => index));
      const sizes = shares.map(({ size }) => size);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
  }
  expect(itemsOf({ rank: 1, ranks: 2 }, 16)).toEqual({ start: 8, size: 8 });
  expect(itemsOf({ rank: 1, ranks: 3 }, 8)).toEqual({ start: 2, size: 3 });
});

test('a batch that is too small for all ranks is refused', () => {
  expect(() => itemsOf({ rank: 0, ranks: 3 }, 2)).toThrow(
    'batch_size=2 must be at least 3, because it is shared by 3 ranks',
  );
});
