import * as tf from '@tensorflow/tfjs-core';
import { SignalBuffer } from './signal-buffer.js';
import type { StreamedLayer } from './streamed-layer.js';

/** A stage: upsampling, then residual blocks side by side, whose mean goes on as soon as all have it. */
export class StreamedStage implements StreamedLayer {
  readonly #upsampling: StreamedLayer;
  readonly #blocks: readonly (readonly StreamedLayer[])[];
  readonly #outputs: readonly SignalBuffer[];
  #next = 0;

  /** @param blocks the steps of each residual block */
  constructor(upsampling: StreamedLayer, blocks: readonly (readonly StreamedLayer[])[]) {
    this.#upsampling = upsampling;
    this.#blocks = blocks;
    this.#outputs = blocks.map(() => new SignalBuffer());
  }

  push(x: tf.Tensor3D | undefined, ended: boolean): tf.Tensor3D | undefined {
    const upsampled = this.#upsampling.push(x, ended);
    for (const [i, steps] of this.#blocks.entries()) {
      const y = pushThrough(steps, upsampled && tf.clone(upsampled), ended);
      if (!y) continue;
      this.#outputs[i].append(y);
      y.dispose();
    }
    upsampled?.dispose();
    const from = this.#next;
    const to = Math.min(...this.#outputs.map(({ end }) => end));
    if (to <= from) return undefined;
    const mean = tf.tidy(() => {
      const outputs = this.#outputs.map((output) => output.view(from, to));
      return tf.div(tf.addN(outputs), outputs.length) as tf.Tensor3D;
    });
    this.#next = to;
    for (const output of this.#outputs) output.forget(to);
    return mean;
  }

  dispose(): void {
    for (const layer of [this.#upsampling, ...this.#blocks.flat()]) layer.dispose();
    for (const output of this.#outputs) output.dispose();
  }
}

/** Samples through layers one after the other; frees `x` and what lies between. */
export function pushThrough(
  layers: readonly StreamedLayer[],
  x: tf.Tensor3D | undefined,
  ended: boolean,
): tf.Tensor3D | undefined {
  let y = x;
  for (const layer of layers) {
    const next = layer.push(y, ended);
    y?.dispose();
    y = next;
  }
  return y;
}
