import { expect, test } from 'vitest';
import { nearestName } from './did-you-mean.js';

const NAMES = ['v1', 'v2', 'v3', 'v1-16k', 'v1-24k', 'v1-44k'];

test.each([
  ['V2', 'v2'],
  ['v1_24k', 'v1-24k'],
  ['v1-24', 'v1-24k'],
  ['v124k', 'v1-24k'],
  ['v1-25k', 'v1-24k'],
  // One letter off of all three: the first.
  ['v9', 'v1'],
  ['universal', undefined],
  ['configs/mine.json', undefined],
  ['', undefined],
])('%j is probably %j', (typed, meant) => {
  expect(nearestName(typed, NAMES)).toBe(meant);
});
