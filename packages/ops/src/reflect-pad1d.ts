import * as tf from '@tensorflow/tfjs-core';
import { runLazily } from './lazy-gradient.js';

/**
 * Mirrors both ends along time, the end samples not repeated: `[1, 2, 3]` padded by `[2, 1]` is
 * `[3, 2, 1, 2, 3, 2]`.
 *
 * tf.mirrorPad computes the same, but its gradient forgets what the mirrored samples give back.
 *
 * @param x `[batch, time, channels]`
 * @param padding samples before and after, each below `time`
 * @throws where there are not that many samples
 */
export function reflectPad1d(
  x: tf.Tensor,
  padding: readonly [left: number, right: number],
): tf.Tensor3D {
  const [batch, time, channels] = x.shape;
  const [left, right] = padding;
  for (const side of padding) {
    if (!Number.isInteger(side) || side < 0 || side >= time) {
      throw new RangeError(
        `reflectPad1d: padding=${side} must be a whole number from 0 to ${time - 1}, because there are only ${time} samples to mirror`,
      );
    }
  }
  if (left === 0 && right === 0) return x as tf.Tensor3D;
  return runLazily<'x'>({
    inputs: { x },
    forward: () =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [left, right],
          [0, 0],
        ],
        'reflect',
      ),
    backward: (dy) => ({
      x() {
        // Sample i came back at left - i and at the mirror of the other end.
        const parts = [tf.slice(dy, [0, left, 0], [batch, time, channels])];
        if (left > 0) {
          const mirrored = tf.reverse(tf.slice(dy, [0, 0, 0], [batch, left, channels]), 1);
          parts.push(padTime(mirrored, 1, time - 1 - left));
        }
        if (right > 0) {
          const end = tf.slice(dy, [0, left + time, 0], [batch, right, channels]);
          parts.push(padTime(tf.reverse(end, 1), time - 1 - right, 1));
        }
        return tf.addN(parts);
      },
    }),
  }) as tf.Tensor3D;
}

function padTime(x: tf.Tensor, before: number, after: number): tf.Tensor {
  return tf.pad(x, [
    [0, 0],
    [before, after],
    [0, 0],
  ]);
}
