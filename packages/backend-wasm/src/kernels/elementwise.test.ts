import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { activateWasm, expectAsOnCpu, numbers } from '../testing/backends.js';

beforeAll(async () => {
  tf.enableProdMode();
  await activateWasm();
});

/** One value, tails of vectors, whole ones, and several items. */
const COUNTS = [1, 2, 3, 4, 7, 15, 16, 31, 100, 70_003];
const SPECIAL = [Number.NaN, 0, -0, Infinity, -Infinity, 1e-42, -1e-42, 3e38, -3e38, 1, -1];

const special = () => tf.tensor1d(SPECIAL);
/** Each with each. */
const pairs = (): [tf.Tensor, tf.Tensor] => [
  tf.tensor1d(SPECIAL.flatMap((a) => SPECIAL.map(() => a))),
  tf.tensor1d(SPECIAL.flatMap(() => SPECIAL)),
];

describe('functions of a value', () => {
  const exact: [name: string, f: (x: tf.Tensor) => tf.Tensor][] = [
    ['abs', tf.abs],
    ['neg', tf.neg],
    ['sign', tf.sign],
    ['square', tf.square],
    ['sqrt', tf.sqrt],
    ['reciprocal', tf.reciprocal],
    ['step', (x) => tf.step(x, 0.25)],
    ['leakyRelu', (x) => tf.leakyRelu(x, 0.125)],
    ['leakyRelu, steep', (x) => tf.leakyRelu(x, 1.5)],
    ['leakyRelu, falling', (x) => tf.leakyRelu(x, -0.5)],
  ];
  const rounded: [name: string, f: (x: tf.Tensor) => tf.Tensor][] = [
    ['leakyRelu, its slope rounded', (x) => tf.leakyRelu(tf.neg(x), 0.1)],
    ['rsqrt', tf.rsqrt],
    ['exp', tf.exp],
    ['log', tf.log],
    ['tanh', tf.tanh],
  ];
  describe.each(exact)('%s', (_, f) => {
    it.each(COUNTS)('%i values', (count) => expectAsOnCpu(() => f(numbers([count]))));
  });
  describe.each(rounded)('%s', (_, f) => {
    it.each(COUNTS)('%i values', (count) =>
      expectAsOnCpu(() => f(tf.add(numbers([count]), 1.5)), { relative: 1e-7 }),
    );
  });
  it.each([...exact, ...rounded])('%s of special values', (_, f) =>
    expectAsOnCpu(() => f(special())),
  );

  it.each<[string, (x: tf.Tensor) => tf.Tensor, (x: number) => number, [number, number]]>([
    ['exp', tf.exp, Math.exp, [-87, 88.7]],
    ['tanh', tf.tanh, Math.tanh, [-10, 10]],
    ['tanh near 0', tf.tanh, Math.tanh, [-1e-3, 1e-3]],
    ['log', tf.log, Math.log, [0, 4]],
    ['log near 1', tf.log, Math.log, [0.999, 1.001]],
    ['log of large ones', tf.log, Math.log, [0, 3e38]],
    ['log of small ones', tf.log, Math.log, [0, 1e-38]],
  ])('%s is within 1 unit in the last place', async (_, f, of, [low, high]) => {
    const x = Float32Array.from({ length: 20_001 }, (_, i) => low + ((high - low) * i) / 20_000);
    const found = tf.tidy(() => f(tf.tensor1d(x)).dataSync());
    let worst = 0;
    for (const [i, y] of found.entries()) {
      const exact = of(x[i]);
      if (!Number.isFinite(exact) || Math.fround(exact) === y) continue;
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(exact))) - 23);
      worst = Math.max(worst, Math.abs(y - exact) / unit);
    }
    expect(worst).toBeLessThan(1);
  });
});

describe('functions of two values', () => {
  const functions: [name: string, f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, number][] = [
    ['add', tf.add, 0],
    ['sub', tf.sub, 0],
    ['mul', tf.mul, 0],
    ['div', tf.div, 0],
    ['maximum', tf.maximum, 0],
    ['minimum', tf.minimum, 0],
    ['squaredDifference', tf.squaredDifference, 2e-7],
  ];
  describe.each(functions)('%s', (_, f, relative) => {
    it.each(COUNTS)('%i values of one shape', (count) =>
      expectAsOnCpu(() => f(numbers([count]), numbers([count], 2)), { relative }),
    );
    it.each(COUNTS)('%i values and a number', (count) =>
      expectAsOnCpu(() => [f(numbers([count]), tf.scalar(3)), f(tf.scalar(3), numbers([count]))], {
        relative,
      }),
    );
    it('special values', () => expectAsOnCpu(() => f(...pairs())));
    it('whole numbers', () =>
      expectAsOnCpu(() => f(tf.tensor1d([1, 2, 3], 'int32'), tf.tensor1d([4, 5, 6], 'int32'))));
  });

  it('broadcast, whatever the shapes', async () => {
    const cases = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 })), {
        minLength: 1,
        maxLength: 6,
      })
      .chain((axes) =>
        fc.record({
          // Of four axes, one is 1 on either side.
          a: fc.constant(axes.map(([length, which]) => (which === 1 ? 1 : length))),
          b: fc.constant(axes.map(([length, which]) => (which === 2 ? 1 : length))),
          missing: fc.integer({ min: 0, max: axes.length }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(cases, async ({ a, b, missing }) => {
        const short = b.slice(missing);
        await expectAsOnCpu(() => [
          tf.sub(numbers(a), numbers(short, 2)),
          tf.sub(numbers(short, 2), numbers(a)),
        ]);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [[3, 40_000], [40_000]],
    [
      [3, 40_000],
      [3, 1],
    ],
    [[700, 129], [129]],
    [
      [5, 700, 33],
      [5, 1, 33],
    ],
    [
      [50_000, 1],
      [1, 3],
    ],
  ])('broadcast %j and %j, in several items', (a, b) =>
    expectAsOnCpu(() => [tf.sub(numbers(a), numbers(b, 2)), tf.sub(numbers(b, 2), numbers(a))]),
  );

  it('nothing at all', () => expectAsOnCpu(() => tf.add(tf.zeros([0, 3]), tf.ones([3]))));
});

describe('addN', () => {
  it.each(COUNTS)('%i values', (count) =>
    expectAsOnCpu(() => tf.addN([numbers([count]), numbers([count], 2), numbers([count], 3)])),
  );
  it('one tensor, and very many', () =>
    expectAsOnCpu(() => [
      tf.addN([numbers([5])]),
      tf.addN(Array.from({ length: 600 }, (_, seed) => numbers([5], seed))),
      tf.addN(Array.from({ length: 500 }, (_, seed) => numbers([5], seed))),
    ]));
});

describe('cast', () => {
  const types = ['float32', 'int32', 'bool'] as const;
  const cases = types.flatMap((from) => types.map((to) => [from, to] as const));
  it.each(cases)('%s to %s', (from, to) =>
    expectAsOnCpu(() => {
      const x = tf.tensor1d([0, 1, 1, 0, 1, 0, 0], from);
      // A sum, so that the values are read where the backend has them.
      return [x.cast(to), x.cast(to).cast('float32').add(0.5)];
    }),
  );
  it.each(['int32', 'bool'] as const)('many of %s', (dtype) =>
    expectAsOnCpu(() =>
      tf
        .greater(numbers([70_003]), 0)
        .cast(dtype)
        .cast('float32')
        .mul(2),
    ),
  );
});
