import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';
import { BitReader } from '../bits.js';

/** What a FLAC stream says of itself (RFC 9639, section 8.2). */
export interface StreamInfo {
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  readonly bits: number;
  /** Samples of each channel; 0 where a writer to a pipe could not know. */
  readonly samples: number;
  /** MD5 of the samples; undefined where the writer did not compute it. */
  readonly sum: Uint8Array | undefined;
}

export const STREAM_INFO_BYTES = 34;

/** Bits that the library scales; of others it makes noise. */
const BITS = [8, 16, 24, 32];

/** @param bytes the block without its header */
export function readStreamInfo(bytes: Uint8Array): StreamInfo {
  const bits = new BitReader(bytes.subarray(10));
  const sum = bytes.slice(18, STREAM_INFO_BYTES);
  const info = {
    samplingRate: bits.read(20),
    channelCount: bits.read(3) + 1,
    bits: bits.read(5) + 1,
    samples: bits.read(4) * 2 ** 32 + bits.read(32),
    sum: sum.some((byte) => byte !== 0) ? sum : undefined,
  };
  if (info.samplingRate === 0) return fail(`its sampling rate is 0 Hz. ${CONVERT}`);
  if (!BITS.includes(info.bits)) {
    return fail(`its samples have ${info.bits} bits; 8, 16, 24 and 32 can be read. ${CONVERT}`);
  }
  return info;
}

/**
 * Walks over the metadata.
 *
 * @param at of the mark `fLaC`
 * @returns where the frames begin; undefined where that lies beyond the bytes
 */
export function readMetadata(
  bytes: Uint8Array,
  at: number,
): { readonly info: StreamInfo; readonly start: number | undefined } {
  const first = at + 4;
  if (bytes.length < first + 4 + STREAM_INFO_BYTES) {
    return fail(`it is cut off before its sound begins. ${COPY_AGAIN}`);
  }
  if ((bytes[first] & 127) !== 0 || blockLength(bytes, first) !== STREAM_INFO_BYTES) {
    return fail(`it is damaged: it does not begin with what it is. ${COPY_AGAIN}`);
  }
  const info = readStreamInfo(bytes.subarray(first + 4, first + 4 + STREAM_INFO_BYTES));
  for (let block = first; block + 4 <= bytes.length; ) {
    const next = block + 4 + blockLength(bytes, block);
    if (bytes[block] & 128) return { info, start: next <= bytes.length ? next : undefined };
    block = next;
  }
  return { info, start: undefined };
}

function blockLength(bytes: Uint8Array, at: number): number {
  return bytes[at + 1] * 65536 + bytes[at + 2] * 256 + bytes[at + 3];
}
