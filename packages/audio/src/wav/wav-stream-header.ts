import {
  bytesPerSample,
  SUBFORMAT_TAIL,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_PCM,
  type WavFormat,
  wavFormats,
} from './wav-format.js';

/** What a WAV file says of its samples before they come. */
export interface WavStreamHeaderOptions {
  /** Hz. */
  readonly samplingRate: number;
  readonly channelCount: number;
  readonly format: WavFormat;
  /** Samples of each channel; left out where nobody knows yet. */
  readonly frames?: number;
}

/**
 * What stands for a size that is not known: ffmpeg and sox write it into pipes, and read to the end where they find it.
 */
const UNKNOWN = 0xffffffff;

/**
 * All of a WAV file that comes before its samples. It has one length for a format and a number of channels, so that a
 * file which was begun without a length gets it at the end. More than two channels get an extensible header.
 *
 * @throws RangeError where format, rate or channels cannot be written, or the file would pass 4 GiB
 */
export function wavStreamHeader(options: WavStreamHeaderOptions): Uint8Array {
  const { samplingRate, channelCount, format, frames } = options;
  check(options);
  const bytes = bytesPerSample(format);
  const float = format.startsWith('float');
  const extensible = channelCount > 2;
  const formatSize = extensible ? 40 : float ? 18 : 16;
  // All but plain PCM carry their length once more.
  const factSize = extensible || float ? 12 : 0;
  const size = 12 + 8 + formatSize + factSize + 8;
  const dataSize = frames === undefined ? UNKNOWN : frames * channelCount * bytes;
  const riffSize = frames === undefined ? UNKNOWN : size + dataSize + (dataSize % 2) - 8;
  if (riffSize > UNKNOWN) {
    throw new RangeError(
      `wavStreamHeader: ${frames} samples of ${channelCount} channels must take less than 4 GiB, because a WAV file counts in 32 bits; write it in parts`,
    );
  }
  const header = new Uint8Array(size);
  const view = new DataView(header.buffer);
  const tag = float ? TAG_FLOAT : TAG_PCM;
  putText(header, 0, 'RIFF');
  view.setUint32(4, riffSize, true);
  putText(header, 8, 'WAVEfmt ');
  view.setUint32(16, formatSize, true);
  view.setUint16(20, extensible ? TAG_EXTENSIBLE : tag, true);
  view.setUint16(22, channelCount, true);
  view.setUint32(24, samplingRate, true);
  view.setUint32(28, Math.min(samplingRate * channelCount * bytes, 0xffffffff), true);
  view.setUint16(32, channelCount * bytes, true);
  view.setUint16(34, bytes * 8, true);
  if (extensible) {
    view.setUint16(36, 22, true);
    view.setUint16(38, bytes * 8, true);
    // The speakers' mask stays 0: which channel is whose is not known here.
    view.setUint16(44, tag, true);
    header.set(SUBFORMAT_TAIL, 46);
  }
  if (factSize > 0) {
    const fact = 20 + formatSize;
    putText(header, fact, 'fact');
    view.setUint32(fact + 4, 4, true);
    view.setUint32(fact + 8, frames ?? UNKNOWN, true);
  }
  putText(header, size - 8, 'data');
  view.setUint32(size - 4, dataSize, true);
  return header;
}

function check({ samplingRate, channelCount, format }: WavStreamHeaderOptions): void {
  if (!wavFormats.includes(format)) {
    throw new RangeError(
      `wavStreamHeader: format=${format} must be one of ${wavFormats.join(', ')}, because no other is known; choose pcm16 if unsure`,
    );
  }
  if (!Number.isSafeInteger(samplingRate) || samplingRate < 1 || samplingRate > 0xffffffff) {
    throw new RangeError(
      `wavStreamHeader: samplingRate=${samplingRate} must be a whole number of Hz, because the file stores it so; round it`,
    );
  }
  const most = Math.floor(0xffff / bytesPerSample(format));
  if (!Number.isSafeInteger(channelCount) || channelCount < 1 || channelCount > most) {
    throw new RangeError(
      `wavStreamHeader: channelCount=${channelCount} must be 1 to ${most}, because the file counts a frame's bytes in 16 bits; give one array a channel`,
    );
  }
}

function putText(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
}
