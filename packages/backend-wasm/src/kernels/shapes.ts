import type { TensorInfo } from '@tensorflow/tfjs-core';

/** Values of a tensor of that shape, or of some of its axes. */
export function sizeOf(shape: readonly number[], from = 0, to = shape.length): number {
  let size = 1;
  for (let axis = from; axis < to; axis++) size *= shape[axis]!;
  return size;
}

/** Whether values of a tensor are 32-bit words in the heap. */
export function hasWords({ dtype }: TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32';
}

/** Whether all are float32 tensors with values. */
export function areFloats(...tensors: readonly TensorInfo[]): boolean {
  return tensors.every(({ dtype, shape }) => dtype === 'float32' && sizeOf(shape) > 0);
}
