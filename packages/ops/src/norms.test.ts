import { expectClose, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { powerIteration, spectralNorm, weightNorm } from './index.js';
import { onBackends } from './testing/backends.js';
import { expectGradients } from './testing/finite-differences.js';

onBackends(() => {
  describe('weightNorm', () => {
    it('gives each channel of the last axis its magnitude', () => {
      const [values, norms] = tf.tidy(() => {
        // Channel 0 is (3, 4), channel 1 is (0, -2).
        const w = weightNorm(tf.tensor3d([3, 0, 4, -2], [2, 1, 2]), tf.tensor1d([10, 7]));
        return [w.dataSync(), tf.sqrt(tf.sum(tf.square(w), [0, 1])).dataSync()];
      });
      expectClose(values, [6, 0, 8, -7], { max: 1e-6 });
      expectClose(norms, [10, 7], { max: 1e-5 });
    });

    it('has the gradients of finite differences, to either input', () => {
      const held = tf.memory().numTensors;
      expectGradients((v, g) => weightNorm(v, g), [{ shape: [3, 2, 4] }, { shape: [4] }]);
      const v = tf.tensor(uniform(24, 1), [3, 2, 4]);
      expectGradients((g) => weightNorm(v, g), [{ shape: [4] }]);
      v.dispose();
      expect(tf.memory().numTensors).toBe(held);
    });

    it('refuses a magnitude of another size', () => {
      expect(() => tf.tidy(() => weightNorm(tf.ones([3, 2, 4]), tf.ones([2])))).toThrow(
        /g must have the shape \[4\]/,
      );
    });
  });

  describe('spectralNorm', () => {
    const filterShape = [3, 2, 4];
    const filterValues = uniform(24, 2);

    it('divides by the largest singular value once the vectors have settled', () => {
      const held = tf.memory().numTensors;
      // The singular value by its definition: the largest |W x| of |x| = 1, here from W W^T in float64.
      const rows = Array.from({ length: 4 }, (_, o) =>
        Array.from({ length: 6 }, (_, i) => filterValues[i * 4 + o]),
      );
      let x = [1, 1, 1, 1];
      let sigma = 0;
      for (let i = 0; i < 500; i++) {
        const back = rows[0].map((_, i) => rows.reduce((sum, row, o) => sum + row[i] * x[o], 0));
        const next = rows.map((row) => row.reduce((sum, value, i) => sum + value * back[i], 0));
        sigma = Math.sqrt(Math.hypot(...next));
        x = next.map((value) => value / Math.hypot(...next));
      }
      const found = tf.tidy(() => {
        const filter = tf.tensor(filterValues, filterShape);
        let u = tf.tensor1d([0.5, 0.5, 0.5, 0.5]);
        let vectors = powerIteration(filter, u);
        for (let i = 0; i < 200; i++) {
          u = vectors.u;
          vectors = powerIteration(filter, u);
        }
        return spectralNorm(filter, vectors).dataSync();
      });
      expectClose(
        found,
        filterValues.map((value) => value / sigma),
        { relative: 1e-5 },
      );
      expect(tf.memory().numTensors).toBe(held);
    });

    it('makes one iteration at a time, by hand', () => {
      // W = [[3, 0], [0, 1]] and u = (0.6, 0.8): v = (1.8, 0.8) / |.|, u = (3 v0, v1) / |.|
      const { u, v } = tf.tidy(() =>
        powerIteration(tf.tensor3d([3, 0, 0, 1], [2, 1, 2]), tf.tensor1d([0.6, 0.8])),
      );
      const norm = Math.hypot(1.8, 0.8);
      expectClose(v.dataSync(), [1.8 / norm, 0.8 / norm], { max: 1e-6 });
      const other = Math.hypot(5.4, 0.8);
      expectClose(u.dataSync(), [5.4 / other, 0.8 / other], { max: 1e-6 });
      tf.dispose([u, v]);
    });

    it('has the gradient of finite differences, the vectors constant', () => {
      const vectors = tf.tidy(() =>
        powerIteration(tf.tensor(filterValues, filterShape), tf.tensor1d([0.5, -0.5, 0.5, 0.5])),
      );
      const held = tf.memory().numTensors;
      const values = filterValues;
      expectGradients((filter) => spectralNorm(filter, vectors), [{ shape: filterShape, values }]);
      expect(tf.memory().numTensors).toBe(held);
      tf.dispose([vectors.u, vectors.v]);
    });
  });
});
