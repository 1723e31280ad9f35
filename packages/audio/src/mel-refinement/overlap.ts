import type { FramePlan } from '../frames.js';

/** The sums of squared windows that lie over each sample, by which an overlap-add is divided. */
export class Overlap {
  readonly #plan: FramePlan;
  /** One over the sum, of each sample of a hop that has all its frames. */
  readonly #steady: Float64Array;

  constructor(plan: FramePlan) {
    this.#plan = plan;
    const { hopSize, nFft } = plan;
    const far = Math.ceil(nFft / hopSize) * hopSize;
    this.#steady = Float64Array.from({ length: hopSize }, (_, i) =>
      this.#inverse(far + i, Number.POSITIVE_INFINITY),
    );
  }

  /** The smallest sum that lies over a sample which has all its frames. */
  get least(): number {
    return this.#steady.reduce((least, inverse) => Math.min(least, inverse && 1 / inverse), 1e9);
  }

  /** Divides `count` values, the first of them sample `from`, of a whole of so many frames. */
  divide(values: Float64Array, from: number, count: number, frames: number): void {
    const { hopSize, nFft, padding } = this.#plan;
    const steady = this.#steady;
    // Before and behind these not all frames are there.
    const first = Math.min(Math.max(nFft - padding - from, 0), count);
    const last = Math.max(first, Math.min(frames * hopSize - padding - from, count));
    for (let i = 0; i < first; i++) values[i] *= this.#inverse(from + i, frames);
    for (let i = first, at = (from + first) % hopSize; i < last; i++) {
      values[i] *= steady[at];
      at = at + 1 === hopSize ? 0 : at + 1;
    }
    for (let i = last; i < count; i++) values[i] *= this.#inverse(from + i, frames);
  }

  #inverse(sample: number, frames: number): number {
    const { hopSize, padding, windowStart, winSize, window } = this.#plan;
    const at = sample + padding - windowStart;
    const last = Math.min(frames - 1, Math.floor(at / hopSize));
    let sum = 0;
    for (let frame = Math.max(0, Math.ceil((at - winSize + 1) / hopSize)); frame <= last; frame++) {
      sum += window[at - frame * hopSize] ** 2;
    }
    return sum > 1e-10 ? 1 / sum : 0;
  }
}
