import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { activateWasm, expectAsOnCpu } from '../testing/backends.js';

beforeAll(async () => {
  tf.enableProdMode();
  await activateWasm();
});

const RUNS = { numRuns: 100 };
const shapes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 });
const dtypes = fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const);

function counted(shape: readonly number[], dtype: 'float32' | 'int32' | 'bool' = 'float32') {
  const values = Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, i) =>
    dtype === 'bool' ? ((i * 7) % 3) & 1 : i + 1,
  );
  return tf.tensor(values, [...shape], dtype);
}

describe('transpose', () => {
  it('whatever the shape', async () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        perm: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, ({ shape, dtype, perm }) =>
        expectAsOnCpu(() => tf.transpose(counted(shape, dtype), perm)),
      ),
      RUNS,
    );
  });

  it.each([
    [[257, 131], undefined],
    [
      [3, 100, 67],
      [0, 2, 1],
    ],
    [
      [3, 100, 67],
      [2, 1, 0],
    ],
    [
      [3, 100, 67],
      [1, 2, 0],
    ],
    [
      [3, 2, 100, 67],
      [1, 0, 3, 2],
    ],
    [
      [2, 4000, 5],
      [0, 2, 1],
    ],
    [
      [5, 8000, 2],
      [0, 2, 1],
    ],
    [
      [2, 7, 300, 3],
      [0, 2, 1, 3],
    ],
    [[1, 70_000], undefined],
  ])('large: %j by %j', (shape, perm) => expectAsOnCpu(() => tf.transpose(counted(shape), perm)));
});

describe('reverse', () => {
  it('whatever the shape', async () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        axes: fc.subarray([...shape.keys()]),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, ({ shape, dtype, axes }) =>
        expectAsOnCpu(() => tf.reverse(counted(shape, dtype), axes)),
      ),
      RUNS,
    );
  });

  it.each([
    [[40_000], 0],
    [[2, 30_000, 1], 1],
    [[2, 300, 100], 1],
    [[2, 300, 100], 2],
  ])('large: %j along %i', (shape, axis) => expectAsOnCpu(() => tf.reverse(counted(shape), axis)));
});

describe('pad', () => {
  const padded = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      paddings: fc.tuple(
        ...shape.map(() =>
          fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
        ),
      ),
      value: fc.constantFrom(0, 1),
    }),
  );
  it('whatever the shape', async () => {
    await fc.assert(
      fc.asyncProperty(padded, ({ shape, dtype, paddings, value }) =>
        expectAsOnCpu(() => tf.pad(counted(shape, dtype), paddings, value)),
      ),
      RUNS,
    );
  });

  it('any value', () =>
    expectAsOnCpu(() => [
      tf.pad(counted([3]), [[1, 2]], -0.5),
      tf.pad(counted([3]), [[1, 2]], Number.NaN),
      tf.pad(counted([3], 'int32'), [[1, 2]], -7),
    ]));

  it.each([
    [[2, 8192, 32], [[0, 0], [20, 21], [0, 0]]], // biome-ignore format: a line a case
    [[2, 300, 129], [[0, 1], [3, 0], [0, 2]]], // biome-ignore format: a line a case
  ] as [number[], [number, number][]][])('large: %j by %j', (shape, paddings) =>
    expectAsOnCpu(() => tf.pad(counted(shape), paddings)),
  );
});

describe('mirrorPad', () => {
  it.each(['reflect', 'symmetric'] as const)('%s, whatever the shape', async (mode) => {
    const most = (length: number) =>
      fc.integer({ min: 0, max: length - (mode === 'reflect' ? 1 : 0) });
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        axis: fc.integer({ min: 0, max: shape.length }),
        paddings: fc.tuple(...shape.map((length) => fc.tuple(most(length), most(length)))),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, ({ shape, dtype, axis, paddings }) => {
        // One axis, or all of them.
        const some = paddings.map((pair, index): [number, number] =>
          axis === index || axis === shape.length ? pair : [0, 0],
        );
        return expectAsOnCpu(() => tf.mirrorPad(counted(shape, dtype), some, mode));
      }),
      RUNS,
    );
  });

  it('large', () =>
    expectAsOnCpu(() => [
      tf.mirrorPad(counted([2, 40_000, 1]), [[0, 0], [384, 385], [0, 0]], 'reflect'), // biome-ignore format: short
      tf.mirrorPad(counted([2, 300, 100]), [[0, 0], [299, 3], [0, 0]], 'reflect'), // biome-ignore format: short
    ]));
});

it('tile', async () => {
  const cases = shapes.chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      dtype: dtypes,
      reps: fc.tuple(...shape.map(() => fc.integer({ min: 1, max: 3 }))),
    }),
  );
  await fc.assert(
    fc.asyncProperty(cases, ({ shape, dtype, reps }) =>
      expectAsOnCpu(() => tf.tile(counted(shape, dtype), reps)),
    ),
    RUNS,
  );
});
