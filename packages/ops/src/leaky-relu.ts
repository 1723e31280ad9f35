import * as tf from '@tensorflow/tfjs-core';
import { checkSlope } from './checks.js';
import { leakyReluGradientKernel } from './kernels.js';
import { runLazily } from './lazy-gradient.js';

/**
 * `x` where `x > 0`, else `slope * x`; any shape. Its gradient is one kernel where the backend has it,
 * which tfjs's own is not. At 0 the gradient is `slope`, as in PyTorch.
 */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  checkSlope('leakyRelu', 'slope', slope);
  return runLazily<'x'>({
    inputs: { x },
    forward(save) {
      const y = tf.leakyRelu(x, slope);
      save([y]);
      return y;
    },
    backward: (dy, [y]) => ({ x: () => leakyReluGradientKernel(dy, y, slope) }),
  }) as T;
}
