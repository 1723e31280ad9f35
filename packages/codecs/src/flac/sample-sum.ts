import { Md5 } from './md5.js';

/** Samples of all channels at a time. */
const AT_ONCE = 4096;

/** The sum that FLAC keeps: the MD5 of the whole numbers, channels by turns, least byte first. */
export class SampleSum {
  readonly #md5 = new Md5();
  readonly #bits: number;

  /** @param bits 8, 16 or 24 */
  constructor(bits: number) {
    this.#bits = bits;
  }

  /** @param channels samples divided by 2^(bits − 1) */
  update(channels: readonly Float32Array[]): void {
    const bits = this.#bits;
    const scale = 2 ** (bits - 1);
    const bytes = new Uint8Array(AT_ONCE * channels.length * (bits / 8));
    for (let from = 0; from < channels[0].length; from += AT_ONCE) {
      const to = Math.min(from + AT_ONCE, channels[0].length);
      let at = 0;
      for (let i = from; i < to; i++) {
        for (const channel of channels) {
          const value = channel[i] * scale;
          for (let shift = 0; shift < bits; shift += 8) bytes[at++] = value >> shift;
        }
      }
      this.#md5.update(bytes.subarray(0, at));
    }
  }

  /** @returns 16 bytes; nothing may be added afterwards */
  digest(): Uint8Array {
    return this.#md5.digest();
  }
}
