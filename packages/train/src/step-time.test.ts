import { presets } from '@hifigan/config';
import { expect, it } from 'vitest';
import { stepSeconds } from './step-time.js';
import { stepWork } from './step-work.js';

// Seconds of a processor for a step of the WebAssembly backend, which two threads share; the probe reached 95 GFLOP/s
// on each, taken on the same machine in between.
it.each([
  ['v3', 2, 2, true, 6.85],
  ['v3', 4, 4, true, 11.7],
  ['v3', 8, 8, true, 23.5],
  ['v3', 4, 1, true, 17.7],
  ['v2', 2, 2, true, 6.78],
  ['v1', 2, 2, true, 8.51],
  ['v1', 4, 2, true, 17.5],
  ['v1', 2, 2, false, 2.0],
  ['v2', 8, 8, false, 0.73],
  ['v3', 8, 8, false, 0.78],
] as const)('%s, %d clips, %d at a time, discriminators %s: %d s, to a third', (...row) => {
  const [name, clips, atATime, adversarial, measured] = row;
  const step = { clips, atATime, adversarial, speed: 95e9 };
  const seconds = stepSeconds(stepWork(presets[name]), step);
  expect(Math.abs(Math.log(seconds / measured))).toBeLessThan(Math.log(4 / 3));
});

it('goes with the speed, and for large batches with the clips', () => {
  const of = (clips: number, speed = 1e9) =>
    stepSeconds(stepWork(presets.v3), { clips, adversarial: true, speed });
  expect(of(4, 2e9)).toBeCloseTo(of(4) / 2, 9);
  const [one, two, three] = [of(1), of(2), of(3)];
  expect(three - two).toBeCloseTo(two - one, 6);
  expect(two / one).toBeLessThan(2);
});
