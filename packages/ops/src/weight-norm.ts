import * as tf from '@tensorflow/tfjs-core';
import { checkShape } from './checks.js';
import { weightNormGradientKernel, weightNormKernel } from './kernels.js';
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
      const [w, inverse] = weightNormKernel({ v, g });
      save([v, g, inverse]);
      return w;
    },
    backward(dw, [savedV, savedG, inverse]) {
      // Here and not in the functions: one pass makes both.
      const [dv, dg] = tf.tidy(() =>
        weightNormGradientKernel({ dw, v: savedV, g: savedG, inverse }),
      );
      return { v: () => tf.clone(dv), g: () => tf.clone(dg) };
    },
  }) as tf.Tensor3D;
}
