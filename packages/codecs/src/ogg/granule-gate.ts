import { COPY_AGAIN, fail } from '../audio-error.js';

/**
 * Lets samples go on when pages say that they belong to the recording: what an encoder added behind its end lies beyond
 * the granule of the last page. One that is too low early on (of a stream that was cut in front, say) holds back for
 * a time, and no more.
 */
export class GranuleGate {
  #held: Float32Array[][] = [];
  #made = 0;
  #gone = 0;
  #granule = 0;

  /** Samples made, and up to which the pages count. */
  get state(): { readonly made: number; readonly granule: number } {
    return { made: this.#made, granule: this.#granule };
  }

  /**
   * @param channels that were decoded
   * @param granule samples up to the page's end, where it tells
   * @returns those that go on
   * @throws Problem where they went on before
   */
  push(channels: Float32Array[], granule: number | undefined): Float32Array[][] {
    if (channels[0]?.length) this.#held.push(channels);
    this.#made += channels[0]?.length ?? 0;
    if (granule !== undefined) this.#granule = granule;
    const end = Math.min(this.#made, this.#granule);
    if (end < this.#gone) {
      fail(`it is damaged: after ${this.#gone} samples a page counts ${granule}. ${COPY_AGAIN}`);
    }
    const gone: Float32Array[][] = [];
    while (this.#gone < end) {
      const [first] = this.#held;
      const count = Math.min(first[0].length, end - this.#gone);
      this.#gone += count;
      if (count === first[0].length) {
        gone.push(first);
        this.#held.shift();
      } else {
        gone.push(first.map((channel) => channel.slice(0, count)));
        this.#held[0] = first.map((channel) => channel.subarray(count));
      }
    }
    return gone;
  }
}
