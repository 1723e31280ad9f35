import type { Conv1dGeometry } from '@hifigan/ops';
import type { NativeAttribute, NativeOps, NativeTensor, Workspace } from './native-ops.js';
import type { Padding } from './padding.js';

/**
 * Attributes of the native convolution and of both its gradients. Time is the width of an image of
 * height 1: twice as fast there as along the height.
 */
export function convolutionAttributes(
  native: NativeOps,
  geometry: Pick<Conv1dGeometry, 'stride' | 'dilation'>,
  padding: Padding['mode'],
): NativeAttribute[] {
  return [
    native.integers('strides', [1, 1, geometry.stride, 1]),
    native.integers('dilations', [1, 1, geometry.dilation, 1]),
    native.string('padding', padding),
  ];
}

/** `[batch, time, channels]` as images of height 1, `[batch, 1, time, channels]`. */
export function asImages(work: Workspace, signal: NativeTensor): NativeTensor {
  const [batch, time, channels] = signal.shape;
  return work.reshape(signal, [batch, 1, time, channels]);
}

/** `[kernel, in, out]` as the filter of such images, `[1, kernel, in, out]`. */
export function asImageFilter(work: Workspace, filter: NativeTensor): NativeTensor {
  return work.reshape(filter, [1, ...filter.shape]);
}

/** The other way: `[batch, 1, time, channels]` to `[batch, time, channels]`. */
export function asSignal(work: Workspace, images: NativeTensor): NativeTensor {
  const [batch, , time, channels] = images.shape;
  return work.reshape(images, [batch, time, channels]);
}

/** Leaky ReLU of a kernel's input; a slope of 1 means none. */
export function preActivated(
  native: NativeOps,
  work: Workspace,
  x: NativeTensor,
  slope: number,
): NativeTensor {
  return slope === 1 ? x : work.op('LeakyRelu', [native.float('alpha', slope)], [x]);
}

/** Zeros before and after along time, `[batch, time, channels]`; takes `x` over. */
export function padded(
  work: Workspace,
  x: NativeTensor,
  left: number,
  right: number,
): NativeTensor {
  if (left === 0 && right === 0) return x;
  const pads = work.ints([0, 0, left, right, 0, 0], [3, 2]);
  const result = work.op('Pad', [], [x, pads]);
  work.release(x);
  return result;
}

/** Samples `start` to `start + length` along time, `[batch, time, channels]`; takes `x` over. */
export function cropped(
  work: Workspace,
  x: NativeTensor,
  start: number,
  length: number,
): NativeTensor {
  const [batch, time, channels] = x.shape;
  if (start === 0 && length === time) return x;
  const begin = work.ints([0, start, 0]);
  const size = work.ints([batch, length, channels]);
  const result = work.op('Slice', [], [x, begin, size]);
  work.release(x);
  return result;
}
