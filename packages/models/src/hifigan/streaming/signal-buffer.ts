import * as tf from '@tensorflow/tfjs-core';

/**
 * The part of a signal that is still needed, at its place in the whole: `[batch, samples, channels]`. Owns its tensor.
 */
export class SignalBuffer {
  #start = 0;
  #held: tf.Tensor3D | undefined;

  /** Samples that have come so far. */
  get end(): number {
    return this.#start + (this.#held?.shape[1] ?? 0);
  }

  /** Takes further samples; `x` stays the caller's. */
  append(x: tf.Tensor3D): void {
    const old = this.#held;
    this.#held = tf.keep(old ? tf.concat([old, x], 1) : tf.clone(x));
    old?.dispose();
  }

  /** Samples `[from, to)`, which must be held: a tensor of the caller's. */
  view(from: number, to: number): tf.Tensor3D {
    const held = this.#heldFor(from, to);
    const length = to - from;
    if (length === held.shape[1]) return tf.clone(held);
    return tf.slice(held, [0, from - this.#start, 0], [-1, length, -1]);
  }

  /** Gives up what lies before a sample. */
  forget(before: number): void {
    const old = this.#held;
    const surplus = Math.min(before, this.end) - this.#start;
    if (!old || surplus <= 0) return;
    const left = old.shape[1] - surplus;
    this.#held = left === 0 ? undefined : tf.keep(tf.slice(old, [0, surplus, 0], [-1, left, -1]));
    old.dispose();
    this.#start += surplus;
  }

  dispose(): void {
    this.#held?.dispose();
    this.#held = undefined;
  }

  #heldFor(from: number, to: number): tf.Tensor3D {
    if (this.#held && from >= this.#start && to > from && to <= this.end) return this.#held;
    throw new Error(
      `SignalBuffer: samples ${from} to ${to} must be held, because a layer depends on them; there are ${this.#start} to ${this.end}`,
    );
  }
}
