import { expect } from 'vitest';
import type { Golden } from './golden.js';
import { hashedUniform } from './hashed-uniform.js';

const FULL = 256;
const SAMPLES = 64;
const PROJECTIONS = 3;

/**
 * Which values of a tensor of `count` values a golden keeps: all up to 256, else 64 spread evenly from
 * the first to the last of the flattened tensor **in PyTorch's layout**: ⌊i · (count - 1) / 63⌋.
 */
export function sampledIndices(count: number): number[] {
  if (count <= FULL) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * (count - 1)) / (SAMPLES - 1)));
}

const signs: Float32Array[] = [];

/** At least `count` numbers of which the signs count; those of fewer are the beginning of those of more. */
function signsOf(projection: number, count: number): Float32Array {
  const known = signs[projection];
  if (known && known.length >= count) return known;
  signs[projection] = hashedUniform(`projection.${projection}`, [count], 1);
  return signs[projection];
}

/**
 * Sums over **all** values, each with a sign that follows from its place: so that an error anywhere in a
 * big tensor shows. The sign is that of `hashedUniform('projection.<k>', [count], 1)`, plus for its 0.
 */
export function projectionsOf(values: ArrayLike<number>): number[] {
  return Array.from({ length: PROJECTIONS }, (_, projection) => {
    const sign = signsOf(projection, values.length);
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += sign[i] < 0 ? -values[i] : values[i];
    return sum;
  });
}

/** How far a tensor lies from its summary, relative to the summary's largest size and norm. */
export interface SummaryDifference {
  /** Largest difference of a kept value over the reference's largest size (of the whole tensor). */
  readonly values: number;
  /** Difference of the Euclidean norms over the reference's norm. */
  readonly norm: number;
  /**
   * Largest difference of a projection over the reference's norm: about the norm of the difference of the
   * two tensors over the reference's. 0 where the golden has none: of up to 256 values, and of older ones.
   */
  readonly projections: number;
}

/**
 * Fails where a tensor is not the one that a golden summarises as `<name>/stats` (count, largest size,
 * Euclidean norm, mean), `<name>/values` (see {@link sampledIndices}) and `<name>/projections` (see
 * {@link projectionsOf}).
 *
 * @param values flattened tensor in **PyTorch's layout**
 * @param relative bound on all figures of the result; NaN fails
 * @param projected another one on the projections, which are of the norm and not of the largest value
 */
export function expectSummary(
  golden: Golden,
  name: string,
  values: ArrayLike<number>,
  relative: number,
  projected = relative,
): SummaryDifference {
  const [count, largest, norm] = golden.array(`${name}/stats`).data;
  expect(values.length, `${name}: number of values`).toBe(count);
  const kept = golden.array(`${name}/values`).data;
  let worst = 0;
  for (const [i, index] of sampledIndices(count).entries()) {
    const delta = Math.abs(values[index] - kept[i]);
    worst = Number.isNaN(delta) ? Number.NaN : Math.max(worst, delta);
  }
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  const found = {
    values: worst === 0 ? 0 : worst / largest,
    projections: projectionDifference(golden, `${name}/projections`, values) / (norm || 1),
    norm: squares === norm * norm ? 0 : Math.abs(Math.sqrt(squares) - norm) / norm,
  };
  expect(
    found.values <= relative && found.norm <= relative && found.projections <= projected,
    `${name}: values differ by ${found.values}, norm by ${found.norm}, projections by ${found.projections} (relative); allowed ${relative}, of projections ${projected}`,
  ).toBe(true);
  return found;
}

function projectionDifference(golden: Golden, name: string, values: ArrayLike<number>): number {
  if (!golden.has(name)) return 0;
  const expected = golden.array(name).data;
  return Math.max(...projectionsOf(values).map((found, k) => Math.abs(found - expected[k])));
}
