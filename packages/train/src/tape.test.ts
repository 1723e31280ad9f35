import { onBackendsAndPlain } from '@hifigan/test-backends';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Tape, valueAndGradients } from './tape.js';

onBackendsAndPlain(() => {
  beforeEach(() => tf.engine().startScope());
  afterEach(() => tf.engine().endScope());

  test('gradients are those of tfjs, through sums, repeated use and shared cotangents', () => {
    const a = tf.tensor2d([0.5, -1, 2, 0.25], [2, 2]);
    const b = tf.tensor2d([1, 3, -2, 0.5], [2, 2]);
    const f = (x: tf.Tensor, y: tf.Tensor): tf.Scalar => {
      const product = tf.matMul(x, tf.tanh(y));
      // x twice in one operation, an addition that hands its gradient to both sides, a reshape.
      return tf.sum(tf.reshape(tf.add(tf.add(product, x), tf.mul(x, x)), [4])) as tf.Scalar;
    };
    const expected = tf.grads(f)([a, b]);
    const { value, gradients } = valueAndGradients(() => f(a, b), [a, b]);
    expect(value.shape).toEqual([]);
    gradients.forEach((gradient, index) => {
      expectClose(gradient.dataSync(), expected[index].dataSync(), { max: 1e-6 });
    });
  });

  test('the backward half may wait while other gradients are taken', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const start = tf.memory().numTensors;
    tf.tidy(() => {
      const { value, tape } = Tape.record(() => tf.mul(x, x), [x]);
      const { gradients } = valueAndGradients(() => tf.sum(tf.mul(value, 2)) as tf.Scalar, [value]);
      const [dx] = tape.backward(gradients[0]);
      expect([...dx.dataSync()]).toEqual([4, 8, 12]);
    });
    expect(tf.memory().numTensors).toBe(start);
  });

  test('nothing stays behind: constants, sources without a part in it, tapes thrown away, errors', () => {
    const x = tf.tensor1d([1, 2, 3]);
    const unused = tf.tensor1d([5, 6]);
    const start = tf.memory().numTensors;
    const { value, gradients } = valueAndGradients(
      () => tf.sum(tf.mul(tf.exp(tf.tensor1d([1, 1, 1])), tf.square(x))) as tf.Scalar,
      [x, unused],
    );
    expect([...gradients[1].dataSync()]).toEqual([0, 0]);
    tf.dispose([value, gradients]);
    expect(tf.memory().numTensors).toBe(start);

    const { value: thrown, tape } = Tape.record(() => tf.square(x), [x]);
    tape.dispose();
    thrown.dispose();
    expect(() =>
      Tape.record(() => {
        tf.square(x);
        throw new Error('stop');
      }, [x]),
    ).toThrow('stop');
    expect(tf.memory().numTensors).toBe(start);
  });

  test('a computation within tf.grads is refused', () => {
    const x = tf.scalar(1);
    expect(() => tf.grad(() => Tape.record(() => tf.square(x), [x]).value)(x)).toThrow(
      'gradientDepth must be 0',
    );
  });
});
