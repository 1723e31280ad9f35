import {
  type DitherOptions,
  type WavFormat,
  type WavStreamHeaderOptions,
  wavStreamHeader,
  writeWav,
} from '@hifigan/audio';
import { UserError } from '../errors.js';
import type { SoundEncoder } from './sound-encoder.js';

/** What the header of a WAV file can count, from its ninth byte on. */
const MOST_BYTES = 2 ** 32 - 1;

export interface WavEncoderOptions extends DitherOptions {
  /**
   * Bytes that the file may have; 4 GiB where left out. Infinite of pipes, which say that their length is not known.
   */
  readonly mostBytes?: number;
}

/** WAV, piece by piece. @throws UserError as soon as it is certain that the file would be too long */
export function createWavEncoder(
  format: WavFormat,
  samplingRate: number,
  { mostBytes = MOST_BYTES, ...dither }: WavEncoderOptions,
): SoundEncoder {
  const about: WavStreamHeaderOptions = { samplingRate, channelCount: 1, format };
  const headerBytes = wavStreamHeader({ ...about, frames: 0 }).length;
  const sampleBytes = Number.parseInt(format.replace(/\D/g, ''), 10) / 8;
  const isTooLong = (samples: number, most: number) => {
    const bytes = sampleBytes * samples;
    return headerBytes + bytes + (bytes % 2) - 8 > most;
  };
  let written = 0;
  const begin = (frames: number | undefined): Uint8Array => {
    if (frames !== undefined && isTooLong(frames, mostBytes)) throw tooLong(samplingRate);
    const counted = frames !== undefined && !isTooLong(frames, MOST_BYTES);
    return wavStreamHeader({ ...about, ...(counted && { frames }) });
  };
  return {
    begin,
    encode(samples) {
      written += samples.length;
      if (isTooLong(written, mostBytes)) throw tooLong(samplingRate);
      const file = writeWav({ samplingRate, channels: [samples] }, format, dither);
      // Without the byte that fills an odd file.
      return file.subarray(headerBytes, headerBytes + sampleBytes * samples.length);
    },
    end: () => ({ bytes: new Uint8Array((sampleBytes * written) % 2), start: begin(written) }),
  };
}

function tooLong(samplingRate: number): UserError {
  return new UserError(
    `the result would pass 4 GiB, and a WAV file counts no further; take --format flac, a --sampling-rate below ${samplingRate}, or split the input (a pipe, -o -, may be longer)`,
  );
}
