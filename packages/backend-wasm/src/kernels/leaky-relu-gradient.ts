import { LEAKY_RELU_GRADIENT, type LeakyReluGradientAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { alike, runBinary } from '../binary-operation.js';
import { LEAKY_GRADIENT } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { sizeOf } from './shapes.js';

interface Inputs {
  readonly dy: TensorInfo;
  readonly x: TensorInfo;
}

/** `dy` where `x > 0`, else `slope * dy`. */
export const leakyReluGradient = kernel<Inputs, LeakyReluGradientAttributes>({
  name: LEAKY_RELU_GRADIENT,
  compute: (context, { dy, x }, { slope }) => {
    const [a, b] = [context.pointerOf(dy), context.pointerOf(x)];
    const { info, pointer: y } = context.makeOutput(dy.shape);
    const operation = { operation: LEAKY_GRADIENT, parameter: slope, a, b, y };
    runBinary(context, operation, alike(sizeOf(dy.shape)));
    return info;
  },
});
