import { expect } from 'vitest';
import type { Golden } from './golden.js';

const FULL = 256;
const SAMPLES = 64;

/**
 * Which values of a tensor of `count` values a golden keeps: all up to 256, else 64 spread evenly from
 * the first to the last of the flattened tensor **in PyTorch's layout**: ⌊i · (count - 1) / 63⌋.
 */
export function sampledIndices(count: number): number[] {
  if (count <= FULL) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * (count - 1)) / (SAMPLES - 1)));
}

/** How far a tensor lies from its summary, relative to the summary's largest size and norm. */
export interface SummaryDifference {
  /** Largest difference of a kept value over the reference's largest size (of the whole tensor). */
  readonly values: number;
  /** Difference of the Euclidean norms over the reference's norm. */
  readonly norm: number;
}

/**
 * Fails where a tensor is not the one that a golden summarises as `<name>/stats` (count, largest size,
 * Euclidean norm, mean) and `<name>/values` (see {@link sampledIndices}).
 *
 * @param values flattened tensor in **PyTorch's layout**
 * @param relative bound on both figures of the result; NaN fails
 */
export function expectSummary(
  golden: Golden,
  name: string,
  values: ArrayLike<number>,
  relative: number,
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
    norm: squares === norm * norm ? 0 : Math.abs(Math.sqrt(squares) - norm) / norm,
  };
  expect(
    found.values <= relative && found.norm <= relative,
    `${name}: values differ by ${found.values}, norm by ${found.norm} (relative); allowed ${relative}`,
  ).toBe(true);
  return found;
}
