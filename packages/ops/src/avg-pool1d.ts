import * as tf from '@tensorflow/tfjs-core';
import { conv1d } from './conv1d.js';

export interface AvgPool1dOptions {
  /** Samples in a mean. */
  readonly size: number;
  readonly stride: number;
  /** Zeros on each side; they count in the mean. */
  readonly padding: number;
}

/**
 * Mean along time, padded zeros counted, as PyTorch's `AvgPool1d` (tf.avgPool leaves them out of the
 * mean). A convolution whose filter is constant; so are its speed and its gradient.
 *
 * @param x `[batch, time, channels]`
 * @returns `[batch, floor((time + 2 * padding - size) / stride) + 1, channels]`
 */
export function avgPool1d(x: tf.Tensor, { size, stride, padding }: AvgPool1dOptions): tf.Tensor3D {
  const [, , channels]: number[] = x.shape;
  // Made within a tidy, which frees it; it is never differentiated by, so no tape needs it on its own.
  return tf.tidy(() =>
    conv1d(x, tf.fill([size, 1, channels], 1 / size), { stride, padding, groups: channels }),
  );
}
