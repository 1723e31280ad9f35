import { presets } from '@hifigan/config';
import { expect, test } from 'vitest';
import type { Entrant } from './entrant.js';
import { Forecast } from './forecast.js';

const entrant = (course: 'v1' | 'v2', backend: string): Entrant => ({
  ...{ course, backend, threads: 1 },
  task: { computer: { kind: 'backend', backend }, threads: 1, config: presets[course] },
});

test('knows what is left by rounds so far, and by those of other configurations', () => {
  let clock = 5000;
  const [fast, slow] = [entrant('v1', 'wasm'), entrant('v1', 'cpu')];
  const all = [fast, slow, entrant('v2', 'wasm'), entrant('v2', 'cpu')];
  const forecast = new Forecast(all, { rounds: 5, maxSeconds: 30 }, () => clock);
  expect([forecast.done, forecast.total]).toEqual([0, Number.NaN]);
  clock += 2000;
  forecast.expect(fast, 7, 1);
  expect([forecast.done, forecast.total]).toEqual([2, Number.NaN]);
  // A round of 200 seconds: there is time for one, of fewer frames.
  forecast.expect(slow, 1, 200);
  const { total } = forecast;
  // V2 has a 16th of V1's channels squared; a little more, as the bands and the samples are as many.
  const ofV2 = total - 2 - 7 - 30 - 30;
  expect(ofV2).toBeGreaterThan(7 / 17);
  expect(ofV2).toBeLessThan(7 / 13);
  forecast.expect(fast, 6, 1);
  expect(forecast.total).toBeCloseTo(total - 1);
  forecast.drop(slow);
  expect(forecast.total).toBeCloseTo(total - 31);
});
