import { conv1d } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';

const CHANNELS = 128;
const KERNEL = 5;
/** Operations of the probe for each of its samples. */
const PER_SAMPLE = 2 * KERNEL * CHANNELS * CHANNELS;
/** As long as a clip is in the middle of the generator. */
const MOST_SAMPLES = 2048;
/** Seconds of one run that can be measured well. */
const LONG_ENOUGH = 0.02;
const RUNS = 15;

/**
 * Floating-point operations a second of one small convolution (128 channels, 5 taps) on the active backend: of the
 * kind that most of a step is. The best of several runs, so of a machine that does nothing else. Takes about a second
 * at most.
 *
 * @param now milliseconds
 * @returns NaN where the clock stands still
 */
export async function measureSpeed(now: () => number): Promise<number> {
  const filter = tf.randomNormal([KERNEL, CHANNELS, CHANNELS]);
  try {
    // From few samples on: plain JavaScript takes seconds for what others do in a millisecond.
    for (let samples = 64; ; samples *= 2) {
      const x = tf.randomNormal([1, samples, CHANNELS]);
      try {
        const first = await secondsOf(x, filter, now);
        if (first < LONG_ENOUGH && samples < MOST_SAMPLES) continue;
        let least = first;
        for (let i = 1; i < RUNS; i++) least = Math.min(least, await secondsOf(x, filter, now));
        return least > 0 ? (samples * PER_SAMPLE) / least : Number.NaN;
      } finally {
        x.dispose();
      }
    }
  } finally {
    filter.dispose();
  }
}

async function secondsOf(x: tf.Tensor, filter: tf.Tensor, now: () => number): Promise<number> {
  const start = now();
  const y = conv1d(x, filter, { padding: 'same' });
  // Where a backend computes later, this waits for it.
  await y.data();
  const seconds = (now() - start) / 1000;
  y.dispose();
  return seconds;
}
