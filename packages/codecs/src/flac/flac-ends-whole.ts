import { crc16 } from './checksums.js';
import { readFrameHeader } from './frame-header.js';

/**
 * Whether a FLAC file is there to its end: its last frame is whole, by the checksum, and ends with the last sample
 * that the header speaks of. What lies before is not looked at.
 *
 * @param tail the last bytes of the file: 128 KiB hold two frames of any common encoder
 * @param samples of each channel, as the header has them
 */
export function flacEndsWhole(tail: Uint8Array, samples: number): boolean {
  for (let at = tail.length - 1; at >= 0; at--) {
    const frame = readFrameHeader(tail, at);
    if (!frame || !matchesChecksum(tail, at)) continue;
    if (frame.variable) return frame.number + frame.samples === samples;
    // Frames are counted, and all but the last are of one length.
    const length = frame.number === 0 ? 0 : lengthBefore(tail, at);
    return length !== undefined && frame.number * length + frame.samples === samples;
  }
  return false;
}

/** Of the frame from `at` to the end, whose last two bytes are the sum of the others. */
function matchesChecksum(tail: Uint8Array, at: number): boolean {
  let sum = 0;
  for (let i = at; i < tail.length - 2; i++) sum = crc16(sum, tail[i]);
  return sum === tail[tail.length - 2] * 256 + tail[tail.length - 1];
}

/** Samples of the frame before that at `end`. */
function lengthBefore(tail: Uint8Array, end: number): number | undefined {
  for (let at = end - 1; at >= 0; at--) {
    const frame = readFrameHeader(tail, at);
    if (frame && matchesChecksum(tail.subarray(0, end), at)) return frame.samples;
  }
  return undefined;
}
