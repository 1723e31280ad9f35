import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { avgPool1d, leakyRelu, reflectPad1d } from './index.js';
import { onBackends } from './testing/backends.js';
import { expectGradients } from './testing/finite-differences.js';

const line = (values: number[]) => tf.tensor3d(values, [1, values.length, 1]);
const numbers = (f: () => tf.Tensor) => [...tf.tidy(() => f().dataSync())];

onBackends(() => {
  describe('reflectPad1d', () => {
    it('mirrors without the end samples', () => {
      expect(numbers(() => reflectPad1d(line([1, 2, 3]), [2, 1]))).toEqual([3, 2, 1, 2, 3, 2]);
      expect(numbers(() => reflectPad1d(line([1, 2, 3]), [0, 2]))).toEqual([1, 2, 3, 2, 1]);
      expect(numbers(() => reflectPad1d(line([1, 2]), [0, 0]))).toEqual([1, 2]);
    });

    it('gives back what mirrored samples got; tf.mirrorPad does not', () => {
      const dy = () => line([1, 10, 100, 1000, 10000, 100000]);
      const toX = (pad: (x: tf.Tensor) => tf.Tensor) =>
        numbers(() => tf.grad(pad)(line([5, 6, 7]), dy()));
      // Places of the padded signal that show x0, x1, x2: 2; 1, 3 and 5; 0 and 4.
      const right = [100, 10 + 1000 + 100000, 1 + 10000];
      expect(toX((x) => reflectPad1d(x, [2, 1]))).toEqual(right);
      const mirrored = toX((x) =>
        tf.mirrorPad(
          x,
          [
            [0, 0],
            [2, 1],
            [0, 0],
          ],
          'reflect',
        ),
      );
      // Once this fails, our own gradient has done its work.
      expect(mirrored).not.toEqual(right);
    });

    it('has the gradient of finite differences, and leaves nothing behind', () => {
      const held = tf.memory().numTensors;
      for (const padding of [
        [3, 0],
        [0, 4],
        [4, 4],
      ] as const) {
        expectGradients((x) => reflectPad1d(x, padding), [{ shape: [2, 5, 3] }]);
      }
      expect(tf.memory().numTensors).toBe(held);
    });

    it('refuses more than it can mirror', () => {
      expect(() => tf.tidy(() => reflectPad1d(line([1, 2, 3]), [0, 3]))).toThrow(
        /padding=3 must be a whole number from 0 to 2/,
      );
    });
  });

  describe('avgPool1d', () => {
    const options = { size: 4, stride: 2, padding: 2 };

    it('counts zeros, as upstream between its scales', () => {
      const found = numbers(() => avgPool1d(line([4, 8, 12, 16, 20]), options));
      // floor((5 + 4 - 4) / 2) + 1 = 3 means
      expect(found).toEqual([3, 10, 12]);
    });

    it('has the lengths of a training segment', () => {
      const lengths = tf.tidy(() => {
        const once = avgPool1d(tf.zeros([1, 8192, 1]), options);
        return [once.shape, avgPool1d(once, options).shape];
      });
      expect(lengths).toEqual([
        [1, 4097, 1],
        [1, 2049, 1],
      ]);
    });

    it('pools channels apart, with the gradient of finite differences', () => {
      const held = tf.memory().numTensors;
      expectGradients((x) => avgPool1d(x, options), [{ shape: [2, 7, 3] }]);
      expect(tf.memory().numTensors).toBe(held);
    });
  });

  it('leakyRelu has the slope as its gradient at 0 and below', () => {
    expect(numbers(() => leakyRelu(tf.tensor1d([-2, 0, 3]), 0.5))).toEqual([-1, 0, 3]);
    const gradient = tf.grad((x: tf.Tensor) => leakyRelu(x, 0.5));
    expect(numbers(() => gradient(tf.tensor1d([-2, 0, 3])))).toEqual([0.5, 0.5, 1]);
  });
});
