import type { Conv1dGeometry } from '@hifigan/ops';

/**
 * How a convolution's padding is put to the native library. `EXPLICIT` leaves its fast path and has no
 * grouped gradients, so: `SAME` where that happens to be the padding wanted, else zeros are put there
 * beforehand and the convolution is `VALID`.
 */
export type Padding =
  | { readonly mode: 'SAME' }
  | { readonly mode: 'VALID'; readonly left: number; readonly right: number };

/** Samples that a dilated kernel spans. */
export function kernelSpan(kernelSize: number, dilation: number): number {
  return (kernelSize - 1) * dilation + 1;
}

/** Length of a convolution's output, in samples. */
export function outputLength(
  inputLength: number,
  kernelSize: number,
  geometry: Conv1dGeometry,
): number {
  const { padLeft, padRight, stride, dilation } = geometry;
  const room = inputLength + padLeft + padRight - kernelSpan(kernelSize, dilation);
  return Math.floor(room / stride) + 1;
}

/** The padding for a convolution whose input has `inputLength` samples. */
export function paddingFor(
  inputLength: number,
  kernelSize: number,
  geometry: Conv1dGeometry,
): Padding {
  const { padLeft, padRight, stride, dilation } = geometry;
  // TensorFlow's rule: ceil(length / stride) outputs, the odd zero at the end.
  const outputs = Math.ceil(inputLength / stride);
  const span = kernelSpan(kernelSize, dilation);
  const total = Math.max((outputs - 1) * stride + span - inputLength, 0);
  const left = Math.floor(total / 2);
  if (left === padLeft && total - left === padRight) return { mode: 'SAME' };
  return { mode: 'VALID', left: padLeft, right: padRight };
}
