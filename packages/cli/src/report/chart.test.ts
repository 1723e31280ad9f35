import { expect, test } from 'vitest';
import { drawChart, smoothed } from './chart.js';
import { evenly } from './run-samples.js';
import { ThinnedCurve } from './thinned-curve.js';

function curveOf(values: readonly number[]): ThinnedCurve {
  const curve = new ThinnedCurve();
  for (const [step, value] of values.entries()) curve.add(step, value);
  return curve;
}

test('a curve of few records has each; what is no number is left out', () => {
  const curve = curveOf([3, Number.NaN, 1, Number.POSITIVE_INFINITY, 2]);
  expect(curve.points.map(({ step, mean }) => [step, mean])).toEqual([
    [0, 3],
    [2, 1],
    [4, 2],
  ]);
  expect(curve).toMatchObject({
    ...{ count: 3, first: { step: 0, value: 3 }, least: { step: 2, value: 1 } },
    last: { step: 4, value: 2 },
  });
});

test.each([799, 800, 801, 1600, 10_001, 100_000])(
  'a curve of %i records keeps mean, least and most',
  (count) => {
    const values = Array.from({ length: count }, (_, i) => Math.sin(i * 1.7) + i / count);
    const { points, last } = curveOf(values);
    expect(points.length).toBeLessThan(800);
    expect(points.length).toBeGreaterThan(Math.min(count, 398));
    expect(Math.min(...points.map(({ low }) => low))).toBe(values.reduce((a, b) => Math.min(a, b)));
    expect(Math.max(...points.map(({ high }) => high))).toBe(
      values.reduce((a, b) => Math.max(a, b)),
    );
    expect([points.at(-1)?.step, last?.step]).toEqual([count - 1, count - 1]);
    const steps = points.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    // Each point is the mean of the records since the point before.
    let from = 0;
    for (const { step, mean } of points) {
      const own = values.slice(from, step + 1);
      expect(mean).toBeCloseTo(own.reduce((sum, value) => sum + value, 0) / own.length, 9);
      from = step + 1;
    }
  },
);

test('a smoothed curve begins where the curve does, keeps a constant, and lags behind a step', () => {
  expect(smoothed([[0, 5]])).toEqual([[0, 5]]);
  const constant = smoothed(Array.from({ length: 100 }, (_, i) => [i, 3] as const));
  for (const [, value] of constant) expect(value).toBeCloseTo(3, 12);
  const jump = smoothed(Array.from({ length: 200 }, (_, i) => [i, i < 100 ? 0 : 1] as const));
  expect(jump[100][1]).toBeGreaterThan(0.05);
  expect(jump[100][1]).toBeLessThan(0.1);
  expect(jump[199][1]).toBeGreaterThan(0.99);
});

test('both scales are drawn where the curve lies', () => {
  const chart = drawChart({
    title: 'a <b>',
    series: [{ name: 'x & y', curve: curveOf([1, 10, 100]) }],
  });
  expect(chart).toContain('a &#60;b&#62;');
  expect(chart).toContain('x &#38; y');
  // Left 58 to 448, top 12 to 180: 10 is at 9/99 of the linear and at the half of the logarithmic scale.
  const [linear, log] = [...chart.matchAll(/<path class="raw c0" d="([^"]+)"/g)].map(([, d]) => d);
  expect(linear).toBe('M58.0 180.0L253.0 164.7L448.0 12.0');
  expect(log).toBe('M58.0 180.0L253.0 96.0L448.0 12.0');
});

test.each([[[0, 0]], [[-1, -2]], [[5]], [[0, 1]], [[1e-300, 1e300]]])(
  'odd values make no odd numbers: %s',
  (values) => {
    const chart = drawChart({ title: '', series: [{ name: '', curve: curveOf(values) }] });
    expect(chart).not.toMatch(/NaN|Infinity|undefined/);
    expect(chart).toMatch(/<path class="raw/);
  },
);

test('the first and the last, and others evenly between', () => {
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  expect([10, 4, 2, 1, 0].map((most) => evenly(all, most))).toEqual([
    ...[all, [0, 3, 6, 9], [0, 9], [9], []],
  ]);
});
