import { expect, test } from 'vitest';
import type { Golden } from './golden.js';
import { expectSummary, projectionsOf, sampledIndices } from './summary.js';

function summaryOf(values: number[]): Golden {
  const stats = [
    values.length,
    Math.max(...values.map(Math.abs)),
    Math.hypot(...values),
    values.reduce((sum, value) => sum + value, 0) / values.length,
  ];
  const arrays = new Map([
    ['x/stats', { shape: [4], data: Float64Array.from(stats) }],
    [
      'x/values',
      {
        shape: [values.length],
        data: Float64Array.from(sampledIndices(values.length), (i) => values[i]),
      },
    ],
    ['x/projections', { shape: [3], data: Float64Array.from(projectionsOf(values)) }],
  ]);
  return {
    metadata: {},
    array: (name) => arrays.get(name)!,
    has: (name) => arrays.has(name),
    names: () => [...arrays.keys()],
  };
}

test('keeps small tensors whole and samples others from end to end', () => {
  expect(sampledIndices(3)).toEqual([0, 1, 2]);
  expect(sampledIndices(256)).toHaveLength(256);
  const indices = sampledIndices(1000);
  expect(indices).toHaveLength(64);
  expect([indices[0], indices[1], indices[63]]).toEqual([0, 15, 999]);
});

test('fails on a changed value, a NaN between samples and a changed norm', () => {
  const values = Array.from({ length: 1000 }, (_, i) => Math.sin(i));
  const golden = summaryOf(values);
  expect(expectSummary(golden, 'x', values, 1e-9)).toEqual({
    values: 0,
    norm: expect.any(Number),
    projections: 0,
  });
  const changed = (index: number, value: number) => values.with(index, value);
  expect(() => expectSummary(golden, 'x', changed(15, 0), 1e-3)).toThrow(/values differ/);
  expect(() => expectSummary(golden, 'x', changed(2, Number.NaN), 1e-3)).toThrow(/NaN/);
  expect(() => expectSummary(golden, 'x', changed(2, 9), 1e-3)).toThrow(/norm by/);
  // Values that nobody sampled, in another order: nothing else would see it.
  const turned = changed(2, values[3]).with(3, values[2]);
  expect(() => expectSummary(golden, 'x', turned, 1e-3)).toThrow(
    /values differ by 0, .* projections by 0\.0/,
  );
  expect(() => expectSummary(golden, 'x', values.slice(1), 1e-3)).toThrow(/number of values/);
});

// The same literals stand in tooling/reference-python/tests/test_summary.py.
test('projects with the signs of the oracle', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i);
  expect(projectionsOf(values)).toEqual([-7228, 5710, -5560]);
  expect(projectionsOf([1, 2, 4, 8, 16])).toEqual([-3, -25, -17]);
});
