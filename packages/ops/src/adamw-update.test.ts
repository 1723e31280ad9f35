import { expectClose, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { adamWUpdate } from './index.js';
import { onBackends } from './testing/backends.js';

const OPTIONS = { learningRate: 0.01, beta1: 0.8, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

onBackends(() => {
  it('makes the updates of the definition', () => {
    const held = tf.memory().numTensors;
    const size = 15;
    const p = Float64Array.from(uniform(size, 1));
    const m = new Float64Array(size);
    const v = new Float64Array(size);
    let state = {
      parameter: tf.tensor2d(uniform(size, 1), [3, 5]) as tf.Tensor,
      firstMoment: tf.zeros([3, 5]),
      secondMoment: tf.zeros([3, 5]),
    };
    for (let step = 1; step <= 4; step++) {
      const g = uniform(size, 10 + step);
      const gradient = tf.tensor2d(g, [3, 5]);
      const next = adamWUpdate({ ...state, gradient }, { ...OPTIONS, step });
      tf.dispose([gradient, state.parameter, state.firstMoment, state.secondMoment]);
      state = next;
      for (let i = 0; i < size; i++) {
        m[i] = 0.8 * m[i] + 0.2 * g[i];
        v[i] = 0.99 * v[i] + 0.01 * g[i] ** 2;
        const root = Math.sqrt(v[i] / (1 - 0.99 ** step)) + 1e-8;
        p[i] = p[i] * (1 - 0.01 * 0.1) - (0.01 * (m[i] / (1 - 0.8 ** step))) / root;
      }
    }
    expect(tf.memory().numTensors).toBe(held + 3);
    expectClose(state.parameter.dataSync(), p, { relative: 1e-6 }, 'parameter');
    expectClose(state.firstMoment.dataSync(), m, { relative: 1e-6 }, 'first moment');
    expectClose(state.secondMoment.dataSync(), v, { relative: 1e-6 }, 'second moment');
    tf.dispose([state.parameter, state.firstMoment, state.secondMoment]);
  });

  it('refuses step 0 and other shapes', () => {
    tf.tidy(() => {
      const one = tf.ones([2]);
      const inputs = { parameter: one, gradient: one, firstMoment: one, secondMoment: one };
      expect(() => adamWUpdate(inputs, { ...OPTIONS, step: 0 })).toThrow(/step=0 must be/);
      expect(() =>
        adamWUpdate({ ...inputs, gradient: tf.ones([3]) }, { ...OPTIONS, step: 1 }),
      ).toThrow(/gradient must have the shape \[2\]/);
    });
  });
});
