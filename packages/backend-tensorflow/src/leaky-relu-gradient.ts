import type { LeakyReluGradientAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeOps } from './native-ops.js';

/** Inputs of the kernel, of one shape. `x` may be the leaky ReLU's output, where the slope is positive. */
export interface LeakyReluGradientInputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

/** The kernel `LEAKY_RELU_GRADIENT` of `@hifigan/ops`: one pass, where tfjs's own gradient takes two. */
export function leakyReluGradient(
  native: NativeOps,
  inputs: LeakyReluGradientInputs,
  { slope }: LeakyReluGradientAttributes,
): TensorInfo {
  const [result] = native.run((work) => [
    work.op(
      'LeakyReluGrad',
      [native.float('alpha', slope)],
      [work.input(inputs.dy), work.input(inputs.x)],
    ),
  ]);
  return result;
}
