import type { Mel } from '@hifigan/audio';

/** The frames of a mel that comes in parts which are still needed, at their places in the whole. */
export class MelWindow {
  readonly #mels: number;
  #data = new Float32Array(0);
  #start = 0;

  /** @param mels bands of each frame */
  constructor(mels: number) {
    this.#mels = mels;
  }

  /** The first frame that is held. */
  get start(): number {
    return this.#start;
  }

  /** Frames that have come so far. */
  get end(): number {
    return this.#start + this.#data.length / this.#mels;
  }

  /** Copies further frames, `[frames, mels]`. */
  append({ data, frames }: Mel): void {
    const joined = new Float32Array(this.#data.length + frames * this.#mels);
    joined.set(this.#data);
    joined.set(data, this.#data.length);
    this.#data = joined;
  }

  /** Frames `[from, to)`, which must be held: a view that holds until the next call of another method. */
  view(from: number, to: number): Mel {
    const data = this.#data.subarray(
      (from - this.#start) * this.#mels,
      (to - this.#start) * this.#mels,
    );
    return { data, frames: to - from, mels: this.#mels };
  }

  /** Gives up what lies before a frame. */
  forget(before: number): void {
    if (before <= this.#start) return;
    this.#data = this.#data.subarray((before - this.#start) * this.#mels);
    this.#start = before;
  }
}
