import { type DitherOptions, mulberry32 } from '@hifigan/audio';
import { createFlacEncoder } from '@hifigan/codecs/flac-encoder';
import { createWavEncoder } from './wav-encoder.js';

/** How speech is stored. */
export type SoundFormat = 'pcm16' | 'pcm24' | 'float32' | 'flac' | 'flac24';

export const soundFormats: readonly SoundFormat[] = ['pcm16', 'pcm24', 'float32', 'flac', 'flac24'];

/** The ending of such files, with its dot. */
export const extensionOf = (format: SoundFormat): '.wav' | '.flac' =>
  format.startsWith('flac') ? '.flac' : '.wav';

/** Bits of a whole number; of floats there are none to round to. */
export const bitsOf = (format: SoundFormat): number | undefined =>
  format === 'float32' ? undefined : format.endsWith('24') ? 24 : 16;

/** Bytes of a file, made as the samples come. One channel. */
export interface SoundEncoder {
  /**
   * The first bytes. @param samples that will follow, where that is known. @throws UserError where they are too many
   */
  begin(samples: number | undefined): Uint8Array;
  /** @param samples in [−1, 1]; whole numbers clip there. @throws UserError where all are too many by now */
  encode(samples: Float32Array): Uint8Array;
  /** The last bytes, and what the first must be now that all is known; frees what the encoder holds. */
  end(): { readonly bytes: Uint8Array; readonly start: Uint8Array };
  /** Frees what the encoder holds, where the end is not reached. */
  dispose?(): void;
}

export interface SoundEncoderOptions {
  readonly format: SoundFormat;
  /** Hz. */
  readonly samplingRate: number;
  /** Whether noise of the last bit is added before rounding; the same noise each time. */
  readonly dither: boolean;
  /** Whether it goes to a pipe, which may be longer than the header of a file can count. */
  readonly piped: boolean;
}

export async function createSoundEncoder({
  format,
  samplingRate,
  dither,
  piped,
}: SoundEncoderOptions): Promise<SoundEncoder> {
  const noise: DitherOptions = { dither, random: mulberry32(0) };
  if (format === 'flac' || format === 'flac24') {
    return createFlacEncoder({ samplingRate, bits: format === 'flac' ? 16 : 24, ...noise });
  }
  return createWavEncoder(format, samplingRate, {
    ...noise,
    ...(piped && { mostBytes: Number.POSITIVE_INFINITY }),
  });
}
