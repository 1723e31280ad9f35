import * as tf from '@tensorflow/tfjs-core';
import { checkShape } from './checks.js';
import { channelSumKernel } from './kernels.js';
import { runLazily } from './lazy-gradient.js';

/**
 * Weight normalisation (Salimans and Kingma, 2016): `g * v / |v|`, with one norm for each channel of the
 * last axis. That axis is the output channel of a convolution's filter and the **input** channel of a
 * transposed one's: in both the first axis of PyTorch's weight, as `torch.nn.utils.weight_norm` has it.
 *
 * @param v direction, `[kernel, a, b]`
 * @param g magnitude, `[b]`
 * @returns a filter of the shape of `v`; gradients to both
 */
export function weightNorm(v: tf.Tensor, g: tf.Tensor): tf.Tensor3D {
  checkShape('weightNorm', 'g', g, v.shape.slice(-1));
  return runLazily<'v' | 'g'>({
    inputs: { v, g },
    forward(save) {
      const inverse = tf.div(1, tf.sqrt(channelSumKernel(tf.square(v))));
      save([v, g, inverse]);
      return tf.mul(v, tf.mul(g, inverse));
    },
    backward(dw, [savedV, savedG, inverse]) {
      // The part of dw along v: it is the magnitude's, and the direction gets none of it.
      const along = tf.tidy(() => tf.mul(channelSumKernel(tf.mul(dw, savedV)), inverse));
      return {
        g: () => tf.clone(along),
        v: () =>
          tf.tidy(() => {
            const scale = tf.mul(savedG, inverse);
            const back = tf.mul(tf.mul(scale, along), inverse);
            return tf.sub(tf.mul(dw, scale), tf.mul(savedV, back));
          }),
      };
    },
  }) as tf.Tensor3D;
}
