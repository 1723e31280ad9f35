/** The beginning of a frame of MPEG 1, 2 or 2.5, layer III (ISO/IEC 11172-3 and 13818-3). */
export interface FrameHeader {
  /** Bytes of the whole frame. */
  readonly length: number;
  /** Samples of each channel. */
  readonly samples: number;
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  /** Bytes between the header (with its checksum, where it has one) and the sound. */
  readonly sideBytes: number;
  readonly hasChecksum: boolean;
}

/** kbit/s, by code; 0 is free and 15 none. */
const BITRATES = {
  mpeg1: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  mpeg2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES = [44100, 48000, 32000];
/** Of the rates, by version's code: 2.5, none, 2, 1. */
const DIVISORS = [4, 0, 2, 1];

/** @returns undefined where no such frame begins, or one of a free bitrate */
export function readFrameHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) {
    return undefined;
  }
  const version = (bytes[at + 1] >> 3) & 3;
  const divisor = DIVISORS[version];
  const layer = (bytes[at + 1] >> 1) & 3;
  const rate = RATES[(bytes[at + 2] >> 2) & 3];
  const isFirst = version === 3;
  const bitrate = BITRATES[isFirst ? 'mpeg1' : 'mpeg2'][bytes[at + 2] >> 4];
  const emphasis = bytes[at + 3] & 3;
  if (!divisor || layer !== 1 || !rate || !bitrate || emphasis === 2) return undefined;
  const samplingRate = rate / divisor;
  const samples = isFirst ? 1152 : 576;
  const padding = (bytes[at + 2] >> 1) & 1;
  const isMono = bytes[at + 3] >> 6 === 3;
  return {
    length: Math.floor((samples * bitrate * 125) / samplingRate) + padding,
    samples,
    samplingRate,
    channelCount: isMono ? 1 : 2,
    sideBytes: isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17,
    hasChecksum: (bytes[at + 1] & 1) === 0,
  };
}
