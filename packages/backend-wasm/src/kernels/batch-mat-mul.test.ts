import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activateWasm, expectAsOnCpu, held, numbers } from '../testing/backends.js';

beforeAll(async () => {
  tf.enableProdMode();
  await activateWasm();
});

/** Rows, depth, columns. */
const SIZES = [
  [1, 1, 1],
  [3, 5, 7],
  [4, 4, 8],
  [5, 1, 9],
  [300, 1, 200],
  [1, 70, 33],
  [70, 33, 1],
  [1, 300, 1],
  [64, 513, 80],
  [201, 100, 17],
  [300, 700, 1],
  [1, 700, 300],
] as const;
const SIDES = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

describe.each(SIDES)('transposed: %s and %s', (transposeA, transposeB) => {
  const make = ([rows, depth, columns]: readonly number[], a: number[], b: number[]) =>
    tf.matMul(
      numbers([...a, ...(transposeA ? [depth, rows] : [rows, depth])]),
      numbers([...b, ...(transposeB ? [columns, depth] : [depth, columns])], 2),
      transposeA,
      transposeB,
    );
  it.each(SIZES)('%i × %i × %i', (...size) =>
    expectAsOnCpu(() => make(size, [], []), { relative: 2e-6 }),
  );
  it.each<[number[], number[]]>([
    [[3], [3]],
    [[3], [1]],
    [[1], [3]],
    [
      [2, 3],
      [2, 3],
    ],
    [[2, 1], [3]],
  ])('batches %j and %j', (a, b) =>
    expectAsOnCpu(() => [make([13, 9, 11], a, b), make([1, 9, 11], a, b), make([5, 9, 1], a, b)], {
      relative: 2e-6,
    }),
  );
});

it('packs the right side once, and frees that with the tensor', () => {
  const bytes = () => (held() as { heapBytes: number }).heapBytes;
  const a = numbers([10, 20]);
  const b = numbers([20, 30]);
  const multiply = (right: tf.Tensor) =>
    tf.tidy(() => tf.matMul(tf.reshape(a, [-1, right.shape[0]]), right).dataSync());
  multiply(b);
  tf.dispose([numbers([10, 20]), numbers([20, 30])]);
  const before = bytes();
  multiply(b);
  expect(bytes()).toBe(before);
  // Under another shape it is another matrix, on its own.
  const wide = tf.reshape(b, [10, 60]);
  const other = numbers([10, 60]);
  expect(multiply(wide)).toEqual(multiply(other));
  tf.dispose([a, b, wide, other]);
  const after = bytes();
  const again = numbers([20, 30]);
  multiplyOnce(again);
  again.dispose();
  expect(bytes()).toBe(after);
});

function multiplyOnce(right: tf.Tensor): void {
  tf.tidy(() => tf.matMul(numbers([10, 20]), right).dataSync());
}
