import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelContext } from './context.js';

/**
 * The kernels apply a leaky ReLU as the larger of `x` and `slope · x`, which holds up to a slope of 1. For a
 * steeper one, which no network has, the input is activated beforehand.
 */
export function withoutSteepSlope(
  context: KernelContext,
  x: TensorInfo,
  slope: number,
  compute: (x: TensorInfo, slope: number) => TensorInfo,
): TensorInfo {
  if (slope <= 1) return compute(x, slope);
  const from = context.pointerOf(x);
  const { info, pointer } = context.makeOutput(x.shape);
  const length = x.shape.reduce((product, size) => product * size, 1);
  const source = context.heap.float32(from, length);
  const target = context.heap.float32(pointer, length);
  for (let i = 0; i < length; i++) target[i] = source[i] > 0 ? source[i] : slope * source[i];
  const y = compute(info, 1);
  context.dispose(info);
  return y;
}
