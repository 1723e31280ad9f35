import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { WasmBackend } from '../backend.js';
import { activateWasm, expectAsOnCpu, held } from '../testing/backends.js';
import { KERNELS } from './index.js';

beforeAll(async () => {
  tf.enableProdMode();
  await activateWasm();
});

it('have a name each', () => {
  const names = KERNELS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 });
const dtypes = fc.constantFrom('float32', 'int32', 'bool');

function counted(shape: number[], dtype: 'float32' | 'int32' | 'bool', from = 0): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const values = Array.from({ length: size }, (_, i) =>
    dtype === 'bool' ? ((i * 7) % 3) & 1 : from + i,
  );
  const tensor = tf.tensor(values, shape, dtype);
  const backend = tf.backend() as Partial<WasmBackend>;
  backend.context?.pointerOf(tensor);
  return tensor;
}

const RUNS = { numRuns: 60 };

describe('as on the plain backend, whatever the shape', () => {
  it('slice', async () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        cut: fc.tuple(
          ...shape.map((length) =>
            fc
              .integer({ min: 0, max: length - 1 })
              .chain((begin) =>
                fc.tuple(fc.constant(begin), fc.integer({ min: 0, max: length - begin })),
              ),
          ),
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, cut }) => {
        const begin = cut.map(([from]) => from);
        const size = cut.map(([, length]) => length);
        await expectAsOnCpu(() => counted(shape, dtype).slice(begin, size));
      }),
      RUNS,
    );
  });

  it('concat', async () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        axis: fc.integer({ min: -shape.length, max: shape.length - 1 }),
        lengths: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, axis, lengths }) => {
        const along = axis < 0 ? axis + shape.length : axis;
        await expectAsOnCpu(() =>
          tf.concat(
            lengths.map((length, index) =>
              counted(shape.toSpliced(along, 1, length), dtype, 1000 * index),
            ),
            axis,
          ),
        );
      }),
      RUNS,
    );
  });

  it('stack', async () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        axis: fc.integer({ min: -shape.length - 1, max: shape.length }),
        count: fc.integer({ min: 1, max: 4 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, axis, count }) => {
        await expectAsOnCpu(() =>
          tf.stack(
            Array.from({ length: count }, (_, index) => counted(shape, dtype, 1000 * index)),
            axis,
          ),
        );
      }),
      RUNS,
    );
  });

  it('expandDims, squeeze, reshape', async () => {
    const cases = shapes.chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype: dtypes,
        axis: fc.integer({ min: -shape.length - 1, max: shape.length }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, axis }) => {
        await expectAsOnCpu(() => {
          const wide = counted(shape, dtype).expandDims(axis);
          return [wide, wide.squeeze(), wide.reshape([-1])];
        });
      }),
      RUNS,
    );
  });
});

describe('share memory where values stay', () => {
  it.each([
    ['clone', (x: tf.Tensor) => x.clone()],
    ['reshape', (x: tf.Tensor) => x.reshape([6])],
    ['expandDims', (x: tf.Tensor) => x.expandDims(1)],
    ['squeeze', (x: tf.Tensor) => x.expandDims(0).squeeze()],
    ['cast to its own type', (x: tf.Tensor) => x.cast('float32')],
    ['slice of all', (x: tf.Tensor) => x.slice([0, 0])],
  ])('%s', (_, change) => {
    const before = held();
    const { context } = tf.backend() as WasmBackend;
    tf.tidy(() => {
      const x = counted([2, 3], 'float32');
      expect(context.pointerOf(change(x))).toBe(context.pointerOf(x));
    });
    expect(held()).toEqual(before);
  });
});

describe('refuse', () => {
  it('shapes that do not fit, and leave nothing', () => {
    const before = held();
    const run = (name: string, attributes: object) => () =>
      tf.tidy(() => {
        const x = counted([2, 3], 'float32');
        return tf.engine().runKernel(name, { x }, attributes as tf.NamedAttrMap);
      });
    expect(run('Reshape', { shape: [4] })).toThrow('must match the product of shape 4');
    expect(run('Slice', { begin: [0, 2], size: [2, 2] })).toThrow(/would overflow/);
    expect(held()).toEqual(before);
  });
});
