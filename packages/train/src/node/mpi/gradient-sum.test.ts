import { uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { echoCommunicator } from '../../testing/echo-communicator.js';
import { GradientSum } from './gradient-sum.js';

beforeAll(() => tf.setBackend('cpu'));

const SIZES = [3, 20_000, 16_383, 16_384, 1, 5, ...Array<number>(20).fill(16_000), 40_000];

test('sums each gradient, large ones alone and small ones together, in the shape it came in', () => {
  const lengths: number[] = [];
  const communicator = echoCommunicator({ size: 3, onSum: (length) => lengths.push(length) });
  const { reduce } = new GradientSum(communicator);
  const before = tf.memory().numTensors;
  for (let step = 0; step < 2; step++) {
    tf.tidy(() => {
      const values = SIZES.map((size, index) => uniform(size, index + 100 * step));
      const gradients = values.map((one) => tf.tensor2d(one.slice(), [1, one.length]));
      const summed = reduce('generator', gradients);
      summed.forEach((sum, index) => {
        expect(sum.shape).toEqual([1, SIZES[index]]);
        expect(sum.dataSync()).toEqual(values[index].map((value) => value * 3));
      });
    });
  }
  expect(tf.memory().numTensors).toBe(before);
  const [large, small] = [[20_000, 16_384, 40_000], 3 + 16_383 + 1 + 5 + 20 * 16_000];
  const journeys = lengths.slice(0, lengths.length / 2);
  for (const size of large) expect(journeys).toContain(size);
  const packs = journeys.filter((length) => !large.includes(length));
  expect(packs.length).toBe(2);
  expect(packs.reduce((sum, length) => sum + length, 0)).toBe(small);
});

test('tensors that share their values are summed once each, and others than gradients are left alone', () => {
  const { reduce } = new GradientSum(echoCommunicator({ size: 2 }));
  tf.tidy(() => {
    const kept = tf.tensor1d(uniform(20_000, 1));
    const before = kept.dataSync().slice();
    const gradients = [kept.clone(), tf.reshape(kept, [100, 200])];
    for (const sum of reduce('discriminators', gradients)) {
      expect(sum.dataSync()).toEqual(before.map((value) => value * 2));
    }
    expect(kept.dataSync()).toEqual(before);
  });
});
