import { expect } from 'vitest';

/** How far one array lies from another. `relative` is the largest difference over the largest reference value. */
export interface Difference {
  readonly max: number;
  readonly mean: number;
  readonly relative: number;
}

/** Compares value by value in float64. A NaN anywhere makes every figure NaN. */
export function difference(actual: ArrayLike<number>, reference: ArrayLike<number>): Difference {
  if (actual.length !== reference.length) {
    throw new Error(`difference: ${actual.length} values against ${reference.length}`);
  }
  let max = 0;
  let sum = 0;
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const delta = Math.abs(actual[i] - reference[i]);
    max = Number.isNaN(delta) ? Number.NaN : Math.max(max, delta);
    sum += delta;
    largest = Math.max(largest, Math.abs(reference[i]));
  }
  return {
    max,
    mean: actual.length ? sum / actual.length : 0,
    relative: max === 0 ? 0 : max / largest,
  };
}

/** Bounds of {@link expectClose}; at least one. */
export interface Tolerance {
  readonly max?: number;
  readonly mean?: number;
  readonly relative?: number;
}

/** Fails, with all figures in the message, where a bound is passed or a value is NaN. */
export function expectClose(
  actual: ArrayLike<number>,
  reference: ArrayLike<number>,
  bounds: Tolerance,
  what = 'values',
): Difference {
  const found = difference(actual, reference);
  const within = (['max', 'mean', 'relative'] as const).every(
    // Written so that NaN fails.
    (key) => bounds[key] === undefined || found[key] <= bounds[key],
  );
  expect(
    within && !Number.isNaN(found.max),
    `${what}: max ${found.max}, mean ${found.mean}, relative ${found.relative}; allowed ${JSON.stringify(bounds)}`,
  ).toBe(true);
  return found;
}
