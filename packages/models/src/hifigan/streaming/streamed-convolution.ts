import * as tf from '@tensorflow/tfjs-core';
import { SignalBuffer } from './signal-buffer.js';
import { certain, type PaddedPart, partFor, type StreamedLayer } from './streamed-layer.js';

/** Convolves a part of a signal. */
export type Convolve = (part: PaddedPart) => tf.Tensor3D;

/** A convolution that keeps the length, such as a generator's first and last. */
export class StreamedConvolution implements StreamedLayer {
  readonly #reach: number;
  readonly #convolve: Convolve;
  readonly #input = new SignalBuffer();
  #next = 0;

  /** @param reach samples on each side that one depends on */
  constructor(reach: number, convolve: Convolve) {
    this.#reach = reach;
    this.#convolve = convolve;
  }

  push(x: tf.Tensor3D | undefined, ended: boolean): tf.Tensor3D | undefined {
    if (x) this.#input.append(x);
    const from = this.#next;
    const to = certain(this.#input, this.#reach, ended);
    if (to <= from) return undefined;
    const y = tf.tidy(() => this.#convolve(partFor(this.#input, { from, to, reach: this.#reach })));
    this.#next = to;
    this.#input.forget(to - this.#reach);
    return y;
  }

  dispose(): void {
    this.#input.dispose();
  }
}
