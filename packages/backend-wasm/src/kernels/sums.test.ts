import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activateWasm, expectAsOnCpu, numbers } from '../testing/backends.js';

beforeAll(async () => {
  tf.enableProdMode();
  await activateWasm();
});

/** Shapes, and axes to add up. */
const CASES: [shape: number[], axes: number[] | undefined][] = [
  [[], undefined],
  [[1], undefined],
  [[7], [0]],
  [[100_003], undefined],
  [[3, 50_001], [1]],
  [[3, 50_001], [0]],
  [[20_000, 3], [1]],
  [[20_000, 3], [0]],
  [[20_000, 32], [0]],
  [
    [2, 3000, 33],
    [0, 1],
  ],
  [[64, 2, 513], [1]],
  [
    [5, 1, 7, 1, 3],
    [2, 3],
  ],
  [[2, 3, 4, 5], [-1]],
  [
    [2, 3, 4, 5],
    [1, 2],
  ],
  [
    [2, 3, 4, 5],
    [0, 2],
  ],
  [[3, 1, 4], [1]],
  [[3, 4], []],
  [[0, 4], [0]],
];

describe.each([
  ['sum', tf.sum],
  ['mean', tf.mean],
])('%s', (_, f) => {
  it.each(CASES)('of %j over %j', (shape, axes) =>
    expectAsOnCpu(() => [f(numbers(shape), axes), f(numbers(shape), axes, true)], {
      relative: 2e-6,
    }),
  );

  it('NaN and infinity', () =>
    expectAsOnCpu(() => {
      const x = tf.tensor2d([3, Number.NaN, Infinity, 6, 3, Infinity, 9, 6, -Infinity], [3, 3]);
      return [f(x, 0), f(x, 1), f(x)];
    }));

  it('of whole numbers', () => expectAsOnCpu(() => f(tf.tensor1d([1, 2, 4], 'int32'))));
});

it('a sum of 4 million values, each of which is rounded alike, loses little', () => {
  const count = 4_000_000;
  const x = Float32Array.from({ length: count }, (_, i) => 0.1 + (i % 7));
  const exact = x.reduce((sum, value) => sum + value, 0);
  const [rows, columns] = tf.tidy(() => [
    tf.sum(tf.tensor1d(x)).dataSync()[0],
    tf.sum(tf.sum(tf.tensor2d(x, [count / 40, 40]), 0)).dataSync()[0],
  ]);
  expect(Math.abs(rows - exact) / exact).toBeLessThan(5e-7);
  expect(Math.abs(columns - exact) / exact).toBeLessThan(5e-7);
});
