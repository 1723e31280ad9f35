import * as tf from '@tensorflow/tfjs-core';
import { SignalBuffer } from './signal-buffer.js';
import type { PaddedPart, StreamedLayer } from './streamed-layer.js';
import { certain, partFor } from './streamed-layer.js';

/** A convolution of a step of a residual block. */
export interface StepConvolution {
  /** Samples on each side that one depends on. */
  readonly reach: number;
  /** @param residual what is added to the last convolution of a step */
  readonly convolve: (part: PaddedPart, residual?: tf.Tensor3D) => tf.Tensor3D;
}

/** One step of a residual block: a convolution or two in a row, and what came in added to what comes out. */
export class StreamedResidualStep implements StreamedLayer {
  readonly #convolutions: readonly StepConvolution[];
  // What each convolution reads; the first is also what is added.
  readonly #inputs: readonly SignalBuffer[];
  #next = 0;

  /** @param convolutions of which the first reaches at least as far as the second, as dilation makes it */
  constructor(convolutions: readonly StepConvolution[]) {
    this.#convolutions = convolutions;
    this.#inputs = convolutions.map(() => new SignalBuffer());
  }

  push(x: tf.Tensor3D | undefined, ended: boolean): tf.Tensor3D | undefined {
    if (x) this.#inputs[0].append(x);
    let y: tf.Tensor3D | undefined;
    for (const [i, { reach, convolve }] of this.#convolutions.entries()) {
      const input = this.#inputs[i];
      const following: SignalBuffer | undefined = this.#inputs[i + 1];
      const from = following?.end ?? this.#next;
      const to = certain(input, reach, ended);
      if (to <= from) break;
      y = tf.tidy(() => {
        const residual = following ? undefined : this.#inputs[0].view(from, to);
        return convolve(partFor(input, { from, to, reach }), residual);
      });
      if (following) {
        following.append(y);
        y.dispose();
        y = undefined;
      } else {
        this.#next = to;
      }
    }
    this.#forget();
    return y;
  }

  dispose(): void {
    for (const input of this.#inputs) input.dispose();
  }

  // What is added at the end lies no further back than what the first convolution still reads, whose reach is the
  // largest.
  #forget(): void {
    for (const [i, { reach }] of this.#convolutions.entries()) {
      const made = this.#inputs[i + 1]?.end ?? this.#next;
      this.#inputs[i].forget(made - reach);
    }
  }
}
