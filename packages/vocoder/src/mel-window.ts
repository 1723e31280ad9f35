import type { Mel } from '@hifigan/audio';

/** The frames of a mel that comes in parts which are still needed, at their places in the whole. */
export class MelWindow {
  readonly #mels: number;
  /** What is held lies in it from `#from` on; the room before and after is for what comes. */
  #room = new Float32Array(0);
  #from = 0;
  #length = 0;
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
    return this.#start + this.#length / this.#mels;
  }

  /** Copies further frames, `[frames, mels]`; of many small parts each value is copied a few times at most. */
  append({ data }: Mel): void {
    if (this.#from + this.#length + data.length > this.#room.length) this.#makeRoom(data.length);
    this.#room.set(data, this.#from + this.#length);
    this.#length += data.length;
  }

  /** Frames `[from, to)`, which must be held: a view that holds until the next call of another method. */
  view(from: number, to: number): Mel {
    const at = (frame: number) => this.#from + (frame - this.#start) * this.#mels;
    return { data: this.#room.subarray(at(from), at(to)), frames: to - from, mels: this.#mels };
  }

  /** Gives up what lies before a frame. */
  forget(before: number): void {
    if (before <= this.#start) return;
    const values = (before - this.#start) * this.#mels;
    this.#from += values;
    this.#length -= values;
    this.#start = before;
  }

  #makeRoom(more: number): void {
    const held = this.#room.subarray(this.#from, this.#from + this.#length);
    // To move costs no more than what was given up since the last time.
    const moves = this.#from >= this.#length && this.#length + more <= this.#room.length;
    if (!moves) this.#room = new Float32Array(2 * (this.#length + more));
    this.#room.set(held);
    this.#from = 0;
  }
}
