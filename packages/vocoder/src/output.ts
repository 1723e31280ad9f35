import {
  createResampler,
  type OutputGainOptions,
  outputGain,
  resample,
  resampleStream,
} from '@hifigan/audio';
import type { Denoiser } from './denoiser.js';

/** What is done to the sound of a generator before it is handed out. */
export interface OutputOptions extends OutputGainOptions {
  readonly denoise?: number;
  readonly samplingRate?: number;
}

/** @throws RangeError where a wish is none */
export function checkOutput(what: string, { denoise, samplingRate }: OutputOptions, rate: number) {
  if (denoise !== undefined && !(denoise >= 0 && denoise <= 1)) {
    throw new RangeError(
      `${what}: denoise=${denoise} must be from 0 to 1, because it is the share of the model's bias that is taken off; 0.01 to 0.1 is usual`,
    );
  }
  // For its checks.
  if (samplingRate !== undefined && samplingRate !== rate) createResampler(rate, samplingRate);
}

/**
 * A whole sound as it is wanted.
 *
 * @param rate Hz of the audio
 * @param denoiser where `denoise` is wanted
 */
export function finished(
  audio: Float32Array,
  { denoise = 0, samplingRate, ...level }: OutputOptions,
  { rate, denoiser }: { readonly rate: number; readonly denoiser?: Denoiser },
): Float32Array {
  let result = audio;
  if (denoiser) {
    const cleaner = denoiser.begin(denoise);
    const [first, last] = [cleaner.push(audio), cleaner.end()];
    result = new Float32Array(audio.length);
    result.set(first);
    result.set(last, first.length);
  }
  if (samplingRate !== undefined && samplingRate !== rate) {
    result = resample(result, rate, samplingRate);
  }
  const gain = outputGain(result, samplingRate ?? rate, level);
  return gain === 1 ? result : result.map((value) => value * gain);
}

/** Sound that comes in parts, as it is wanted; the same as {@link finished} makes of the whole. */
export async function* finishedStream(
  parts: AsyncIterable<Float32Array>,
  { denoise = 0, samplingRate }: OutputOptions,
  { rate, denoiser }: { readonly rate: number; readonly denoiser?: () => Promise<Denoiser> },
): AsyncGenerator<Float32Array, void, undefined> {
  const cleaned = denoiser && denoise > 0 ? denoised(parts, denoise, denoiser) : parts;
  if (samplingRate === undefined || samplingRate === rate) yield* cleaned;
  else yield* resampleStream(cleaned, rate, samplingRate);
}

async function* denoised(
  parts: AsyncIterable<Float32Array>,
  strength: number,
  denoiser: () => Promise<Denoiser>,
): AsyncGenerator<Float32Array, void, undefined> {
  const cleaner = (await denoiser()).begin(strength);
  for await (const part of parts) {
    const made = cleaner.push(part);
    if (made.length > 0) yield made;
  }
  const last = cleaner.end();
  if (last.length > 0) yield last;
}
