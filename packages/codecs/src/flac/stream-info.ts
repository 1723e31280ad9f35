import { CONVERT, COPY_AGAIN, fail } from '../audio-error.js';
import { BitReader } from '../bits.js';
import type { ByteWindow, Parsing } from '../byte-window.js';
import { passId3 } from '../tags.js';

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

/** Of the mark `fLaC`, the first block's header, and that block. */
export const FIRST_BLOCK_BYTES = 4 + 4 + STREAM_INFO_BYTES;

const NO_SOUND = `it is cut off before its sound begins. ${COPY_AGAIN}`;

/** @param bytes from the mark `fLaC` on */
export function readFirstBlock(bytes: Uint8Array): StreamInfo {
  if (bytes.length < FIRST_BLOCK_BYTES) return fail(NO_SOUND);
  if ((bytes[4] & 127) !== 0 || blockLength(bytes, 4) !== STREAM_INFO_BYTES) {
    return fail(`it is damaged: it does not begin with what it is. ${COPY_AGAIN}`);
  }
  return readStreamInfo(bytes.subarray(8, FIRST_BLOCK_BYTES));
}

/** From the beginning of a file, tags and all, to its first frame. */
export function* readMetadata(window: ByteWindow): Parsing<never, StreamInfo> {
  yield* passId3(window);
  yield* window.hold(FIRST_BLOCK_BYTES);
  const info = readFirstBlock(window.bytes);
  window.drop(4);
  for (let last = false; !last; ) {
    if (!(yield* window.hold(4))) return fail(NO_SOUND);
    const { bytes } = window;
    last = (bytes[0] & 128) !== 0;
    if (!(yield* window.skip(4 + blockLength(bytes, 0)))) return fail(NO_SOUND);
  }
  return info;
}

function blockLength(bytes: Uint8Array, at: number): number {
  return bytes[at + 1] * 65536 + bytes[at + 2] * 256 + bytes[at + 3];
}
