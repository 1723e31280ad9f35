import { expect, it } from 'vitest';
import { batchesOf } from './batches.js';

it('joins equal lengths up to so many frames, and nothing else', () => {
  expect(batchesOf([5, 7, 5, 5, 7, 30, 30, 5], 15)).toEqual([[0, 2, 3], [1, 4], [5], [6], [7]]);
  expect(batchesOf([5, 5, 5], 0)).toEqual([[0], [1], [2]]);
  expect(batchesOf([], 9)).toEqual([]);
});
