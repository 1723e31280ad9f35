import { Md5 } from './md5.js';

/** Samples of all channels at a time. */
const AT_ONCE = 4096;

/**
 * The sum that FLAC keeps: of the whole numbers, channels by turns, least byte first.
 *
 * @param channels samples divided by 2^(bits − 1)
 * @param bits 8, 16 or 24
 */
export function sumSamples(channels: readonly Float32Array[], bits: number): Uint8Array {
  const md5 = new Md5();
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
    md5.update(bytes.subarray(0, at));
  }
  return md5.digest();
}
