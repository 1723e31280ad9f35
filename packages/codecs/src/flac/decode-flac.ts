import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { COPY_AGAIN, fail } from '../audio-error.js';
import type { DecodedAudio } from '../audio-format.js';
import { skipId3 } from '../tags.js';
import { withDecoder } from '../with-decoder.js';
import { splitFrames } from './split-frames.js';
import { readMetadata, type StreamInfo } from './stream-info.js';
import { sumSamples } from './sum-samples.js';

/**
 * @param bytes a whole FLAC file
 * @throws Problem where it is damaged, cut off, or of a kind that cannot be read
 */
export async function decodeFlac(bytes: Uint8Array): Promise<DecodedAudio> {
  const { info, start } = readMetadata(bytes, skipId3(bytes));
  if (start === undefined) return fail(`it is cut off before its sound begins. ${COPY_AGAIN}`);
  return decodeFrames(splitFrames(bytes, start, info), info, 'flac');
}

/** @param frames all of one stream, each whole */
export async function decodeFrames(
  frames: Uint8Array[],
  info: StreamInfo,
  format: 'flac' | 'ogg-flac',
): Promise<DecodedAudio> {
  const { samplingRate, channelCount, bits } = info;
  const decoded =
    frames.length === 0
      ? { channelData: Array.from({ length: channelCount }, () => new Float32Array(0)) }
      : await withDecoder(
          () => new FLACDecoder(),
          (decoder) => decoder.decodeFrames(frames),
        );
  const channels = decoded.channelData;
  for (const channel of channels) rescale(channel, bits);
  checkSum(channels, info);
  return { samplingRate, channels, format, encoding: `flac${bits}` };
}

/** Of 32 bits floats do not hold all, so that no sum can be made. */
function checkSum(channels: readonly Float32Array[], { bits, sum }: StreamInfo): void {
  if (!sum || bits === 32) return;
  const found = sumSamples(channels, bits);
  if (found.some((byte, index) => byte !== sum[index])) {
    fail(
      `it is damaged: its samples are not those that were encoded, as their MD5 tells. ${COPY_AGAIN}`,
    );
  }
}

/**
 * The library divides by the largest value, where WAV files and everyone else divide by the magnitude of the lowest:
 * the whole numbers are found again, exactly, and divided as they should be. Of 32 bits a float holds no more than the
 * library gives.
 */
function rescale(channel: Float32Array, bits: number): void {
  if (bits === 32) return;
  const scale = 2 ** (bits - 1);
  for (let i = 0; i < channel.length; i++) {
    channel[i] = Math.round(channel[i] * (scale - 1)) / scale;
  }
}
