import { CONV1D, type Conv1dAttributes } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKEND_NAME } from '../backend.js';
import { registerWasmBackend } from '../register.js';

beforeAll(async () => {
  const { name } = await registerWasmBackend({ threads: 1 });
  await tf.setBackend(name);
});
afterAll(() => tf.removeBackend(BACKEND_NAME));

// Where the channels of a group, filled up to fours, are as many as those of all groups together, rows lie as far
// apart as those that are staged, and yet are not they.
describe.each([
  [4, 4],
  [4, 2],
  [8, 2],
  [16, 4],
])('%i channels in %i groups', (channels, groups) => {
  it('keeps what is no number in its group', () => {
    const time = 40;
    const values = Float32Array.from({ length: time * channels }, (_, i) =>
      i % channels === channels - 1 ? Number.POSITIVE_INFINITY : 1,
    );
    const attributes: Conv1dAttributes = {
      ...{ stride: 1, dilation: 1, groups, padLeft: 1, padRight: 1 },
      ...{ preActivationSlope: 1, activation: 'linear', activationSlope: 1 },
    };
    const y = tf.tidy(() => {
      const x = tf.tensor(values, [1, time, channels]);
      const filter = tf.ones([3, channels / groups, channels]);
      return tf.engine().runKernel(CONV1D, { x, filter }, { ...attributes }) as tf.Tensor;
    });
    const found = y.dataSync() as Float32Array;
    y.dispose();
    const wide = channels / groups;
    const middle = found.subarray(channels, 2 * channels);
    const others = channels - wide;
    expect([...middle.subarray(0, others)]).toEqual(Array(others).fill(3 * wide));
    // Of transforms, infinity comes out as no number.
    expect(middle.subarray(others).some(Number.isFinite)).toBe(false);
  });
});
