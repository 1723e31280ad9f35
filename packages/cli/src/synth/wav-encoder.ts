import {
  type DitherOptions,
  type WavFormat,
  type WavStreamHeaderOptions,
  wavStreamHeader,
  writeWav,
} from '@hifigan/audio';
import { UserError } from '../errors.js';
import type { SoundEncoder } from './sound-encoder.js';

/** WAV, piece by piece. */
export function createWavEncoder(
  format: WavFormat,
  samplingRate: number,
  dither: DitherOptions,
): SoundEncoder {
  const about: WavStreamHeaderOptions = { samplingRate, channelCount: 1, format };
  let written = 0;
  let bytesWritten = 0;
  const begin = (frames: number | undefined): Uint8Array => {
    try {
      return wavStreamHeader({ ...about, frames });
    } catch (error) {
      if (!(error instanceof RangeError) || frames === undefined) throw error;
      throw new UserError(
        `the result would pass 4 GiB, and a WAV file counts no further; take --format flac, or a lower --sampling-rate`,
        { cause: error },
      );
    }
  };
  const headerBytes = begin(0).length;
  return {
    begin,
    encode(samples) {
      const file = writeWav({ samplingRate, channels: [samples] }, format, dither);
      // Without the byte that fills an odd file.
      const size = (Number.parseInt(format.replace(/\D/g, ''), 10) / 8) * samples.length;
      written += samples.length;
      bytesWritten += size;
      return file.subarray(headerBytes, headerBytes + size);
    },
    end: () => ({ bytes: new Uint8Array(bytesWritten % 2), start: begin(written) }),
  };
}
