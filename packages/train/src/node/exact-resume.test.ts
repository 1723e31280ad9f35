import { BACKENDS } from '@hifigan/test-backends';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { noiseBetween, traceOf } from '../testing/exact-resume.js';

beforeAll(async () => {
  await BACKENDS.find(({ name }) => name === 'hifigan-wasm')!.activate();
});

// With the discriminators a step takes seconds and a checkpoint 850 MB, so they join for the last two steps alone;
// `pnpm --filter @hifigan/train proof` takes all hundred with them.
test('after stop and resume the next hundred losses are those of a run never stopped, to the last bit', async () => {
  const tensors = tf.memory().numTensors;
  const run = { steps: 106, adversarialStart: 104 };
  const whole = await traceOf({ ...run, stops: [] });
  // In the middle of an epoch, and between two steps with the discriminators.
  const pieces = await traceOf({ ...run, stops: [5, 105] });
  expect(whole.losses).toHaveLength(106);
  expect(whole.losses[104]).toHaveProperty('disc_mpd');
  console.log(`losses within ${noiseBetween(whole, pieces)} of those of the run never stopped`);
  expect(pieces.losses).toEqual(whole.losses);
  for (const [half, bytes] of whole.checkpoint.entries()) {
    expect(bytes.equals(pieces.checkpoint[half]), `half ${half} of the checkpoint`).toBe(true);
  }
  expect(tf.memory().numTensors).toBe(tensors);
});
