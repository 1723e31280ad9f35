import { onQuickBackend } from '@hifigan/test-backends';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { measureSpeed } from './measure-speed.js';

onQuickBackend();

/** A clock on which each run takes so many seconds, one after the other; the last goes on. */
function clockOf(seconds: readonly number[]) {
  let asked = 0;
  let time = 0;
  return () => {
    if (asked % 2 === 1) time += 1000 * seconds[Math.min((asked - 1) / 2, seconds.length - 1)];
    asked++;
    return time;
  };
}

it('counts operations of the fastest run: 2 · 5 · 128 · 128 for each sample', async () => {
  const held = tf.memory().numTensors;
  // Long enough at once, so with 64 samples.
  expect(await measureSpeed(clockOf([0.1, 0.3, 0.05, 0.2]))).toBeCloseTo((64 * 163_840) / 0.05, 0);
  // Grows to 256 samples: 0.005 and 0.01 s are too short.
  const growing = await measureSpeed(clockOf([0.005, 0.01, 0.04, 0.02]));
  expect(growing).toBeCloseTo((256 * 163_840) / 0.02, 0);
  expect(tf.memory().numTensors).toBe(held);
});

it('says nothing where the clock stands still', async () => {
  expect(await measureSpeed(() => 7)).toBeNaN();
});

it('is a plausible number by a real clock', async () => {
  const speed = await measureSpeed(() => performance.now());
  expect(speed).toBeGreaterThan(1e6);
  expect(speed).toBeLessThan(1e15);
});
