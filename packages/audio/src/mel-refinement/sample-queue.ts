/** Numbers that are appended at one end and dropped at the other, each called by its place in the whole. */
export class SampleQueue {
  #data = new Float64Array(4096);
  /** Where the first that is there lies. */
  #offset = 0;
  #start = 0;
  #end = 0;

  /** The place of the first that is there. */
  get start(): number {
    return this.#start;
  }

  /** One more than the place of the last. */
  get end(): number {
    return this.#end;
  }

  append(values: Float64Array): void {
    const held = this.#end - this.#start;
    if (this.#offset + held + values.length > this.#data.length) {
      const kept = this.#data.subarray(this.#offset, this.#offset + held);
      // Half of it empty, so that not every call moves what is there.
      const room = 2 * (held + values.length);
      if (room > this.#data.length) this.#data = new Float64Array(room);
      this.#data.set(kept);
      this.#offset = 0;
    }
    this.#data.set(values, this.#offset + held);
    this.#end += values.length;
  }

  at(place: number): number {
    return this.#data[this.#offset + place - this.#start];
  }

  /** A view, until something is appended. */
  read(from: number, to: number): Float64Array {
    const at = this.#offset - this.#start;
    return this.#data.subarray(at + from, at + to);
  }

  /** Forgets what lies before a place. */
  dropBefore(place: number): void {
    const gone = Math.min(place, this.#end) - this.#start;
    if (gone <= 0) return;
    this.#offset += gone;
    this.#start += gone;
  }
}
