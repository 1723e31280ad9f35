import { checkSamples } from './check-samples.js';
import { mulberry32 } from './mulberry32.js';
import { clippedSamples, type DitherOptions, quantize, triangularNoise } from './quantize.js';

/** Samples as 16-bit whole numbers. */
export interface Pcm16 {
  readonly samples: Int16Array;
  /** Samples beyond ±1, which became the largest there are; as `clippedSamples` counts. */
  readonly clipped: number;
}

/**
 * Samples in [−1, 1] as 16-bit whole numbers: rounded to the nearest, with dither on demand; what lies beyond
 * saturates.
 *
 * @throws RangeError where a sample is NaN or infinite; TypeError where the audio is no Float32Array
 */
export function encodePcm16(
  audio: Float32Array,
  { dither = false, random = mulberry32(0) }: DitherOptions = {},
): Pcm16 {
  checkSamples('encodePcm16', 'audio', audio);
  const bad = audio.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new RangeError(
      `encodePcm16: audio[${bad}]=${audio[bad]} must be finite, because it is no sound; look for what made it`,
    );
  }
  const samples = dither
    ? Int16Array.from(audio, (value) => quantize(value, 32768, triangularNoise(random)))
    : Int16Array.from(audio, (value) => quantize(value, 32768));
  return { samples, clipped: clippedSamples(audio) };
}
