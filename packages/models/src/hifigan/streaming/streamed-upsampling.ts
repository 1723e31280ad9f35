import * as tf from '@tensorflow/tfjs-core';
import { SignalBuffer } from './signal-buffer.js';
import type { StreamedLayer } from './streamed-layer.js';

/** Where the samples of a transposed convolution come from. */
export interface UpsamplingGeometry {
  readonly kernelSize: number;
  readonly stride: number;
  /** Samples that the whole result is cropped by at its beginning. */
  readonly padding: number;
}

/** Samples that a transposed convolution is cropped by, before and after. */
export type ConvolveTransposed = (
  x: tf.Tensor3D,
  cropped: readonly [before: number, after: number],
) => tf.Tensor3D;

/** An upsampling convolution, which makes `stride` samples of one. */
export class StreamedUpsampling implements StreamedLayer {
  readonly #geometry: UpsamplingGeometry;
  readonly #convolve: ConvolveTransposed;
  readonly #input = new SignalBuffer();
  #next = 0;

  constructor(geometry: UpsamplingGeometry, convolve: ConvolveTransposed) {
    this.#geometry = geometry;
    this.#convolve = convolve;
  }

  push(x: tf.Tensor3D | undefined, ended: boolean): tf.Tensor3D | undefined {
    if (x) this.#input.append(x);
    const { kernelSize, stride, padding } = this.#geometry;
    const { end } = this.#input;
    const from = this.#next;
    // Output n takes part of input t where 0 <= n + padding - t * stride < kernelSize: up to here it takes none of
    // the next.
    const to = ended ? end * stride : Math.max(0, end * stride - padding);
    if (to <= from) return undefined;
    const first = this.#firstInput(from);
    // The last input that has a part in these; all that come after begin beyond them.
    const last = Math.min(end, Math.floor((to - 1 + padding) / stride) + 1);
    const before = from + padding - first * stride;
    const full = (last - first - 1) * stride + kernelSize;
    const y = tf.tidy(() =>
      this.#convolve(this.#input.view(first, last), [before, full - before - (to - from)]),
    );
    this.#next = to;
    this.#input.forget(this.#firstInput(to));
    return y;
  }

  dispose(): void {
    this.#input.dispose();
  }

  #firstInput(output: number): number {
    const { kernelSize, stride, padding } = this.#geometry;
    return Math.max(0, Math.ceil((output + padding - kernelSize + 1) / stride));
  }
}
