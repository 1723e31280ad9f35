import type * as tf from '@tensorflow/tfjs-core';
import type { SignalBuffer } from './signal-buffer.js';

/** A layer of a generator on its way along time. Tensors are `[batch, samples, channels]`. */
export interface StreamedLayer {
  /**
   * @param x the next samples, the caller's; undefined where none came
   * @param ended whether these are the last
   * @returns the samples that are now certain, the caller's; undefined where there are none
   */
  push(x: tf.Tensor3D | undefined, ended: boolean): tf.Tensor3D | undefined;
  /** Frees what is kept. */
  dispose(): void;
}

/** Samples of a convolution that keeps the length which are certain: the last ones wait for `reach` further samples. */
export function certain(input: SignalBuffer, reach: number, ended: boolean): number {
  return ended ? input.end : Math.max(0, input.end - reach);
}

/** Part of a signal, and the zeros that a convolution puts before and after it. */
export interface PaddedPart {
  readonly x: tf.Tensor3D;
  readonly padding: readonly [left: number, right: number];
}

/**
 * What the samples `[from, to)` of a convolution that keeps the length depend on: zeros lie beyond the whole signal
 * alone.
 */
export function partFor(
  input: SignalBuffer,
  { from, to, reach }: { readonly from: number; readonly to: number; readonly reach: number },
): PaddedPart {
  const first = Math.max(0, from - reach);
  const last = Math.min(input.end, to + reach);
  return {
    x: input.view(first, last),
    padding: [Math.max(0, reach - from), to + reach - last],
  };
}
