import { crc8 } from './checksums.js';

/** The beginning of a frame (RFC 9639, section 9.1). */
export interface FrameHeader {
  /** Bytes of it, its checksum with them. */
  readonly length: number;
  /** Samples of each channel. */
  readonly samples: number;
  /** Hz; 0 for the stream's. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /** 0 for the stream's. */
  readonly bits: number;
  /** Of the frame, or of its first sample where frames differ in length. */
  readonly number: number;
  readonly variable: boolean;
}

/** Of the longest: four, a number of up to seven, two lengths of two, and the checksum. */
export const FRAME_HEADER_BYTES = 16;

const RATES = [0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
const BITS = [0, 8, 12, -1, 16, 20, 24, 32];

/** @returns undefined where no frame begins, as its checksum tells */
export function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xf8) return undefined;
  const sizeCode = bytes[at + 2] >> 4;
  const rateCode = bytes[at + 2] & 15;
  const channelCode = bytes[at + 3] >> 4;
  const bits = BITS[(bytes[at + 3] >> 1) & 7];
  const reserved = bytes[at + 3] & 1;
  if (sizeCode === 0 || rateCode === 15 || channelCode > 10 || bits < 0 || reserved) {
    return undefined;
  }
  const coded = readNumber(bytes, at + 4);
  if (coded === undefined) return undefined;
  let next = at + 4 + coded.length;
  const take = (count: number) => {
    let value = 0;
    for (let i = 0; i < count; i++) value = value * 256 + bytes[next++];
    return value;
  };
  const samples = sizeCode === 6 ? take(1) + 1 : sizeCode === 7 ? take(2) + 1 : blockSize(sizeCode);
  const samplingRate =
    rateCode < 12
      ? RATES[rateCode]
      : rateCode === 12
        ? take(1) * 1000
        : take(2) * (rateCode === 14 ? 10 : 1);
  if (next >= bytes.length || crc8(bytes, at, next) !== bytes[next]) return undefined;
  return {
    length: next + 1 - at,
    samples,
    samplingRate,
    // Codes 8 to 10 are pairs of which one is stored as the difference.
    channelCount: channelCode < 8 ? channelCode + 1 : 2,
    bits,
    number: coded.value,
    variable: (bytes[at + 1] & 1) === 1,
  };
}

function blockSize(code: number): number {
  if (code === 1) return 192;
  return code < 6 ? 576 << (code - 2) : 256 << (code - 8);
}

/** A number of up to 36 bits, coded as UTF-8 codes characters, and the bytes it takes. */
function readNumber(bytes: Uint8Array, at: number) {
  const [first] = bytes.subarray(at, at + 1);
  if (first === undefined || first === 0xff || (first & 0xc0) === 0x80) return undefined;
  let length = 0;
  while (first & (128 >> length)) length++;
  if (length === 0) return { value: first, length: 1 };
  let value = first & (127 >> length);
  for (let i = 1; i < length; i++) {
    if ((bytes[at + i] & 0xc0) !== 0x80) return undefined;
    value = value * 64 + (bytes[at + i] & 63);
  }
  return { value, length };
}
