import {
  checkGain,
  checkResampling,
  createResampler,
  type OutputGainOptions,
  outputGain,
  type Resampler,
} from '@hifigan/audio';
import type { Denoiser } from './denoiser.js';

/** Hz: the highest that FLAC stores. */
const HIGHEST_RATE = 655_350;

/** What is done to the sound of a generator before it is handed out. */
export interface OutputOptions extends OutputGainOptions {
  readonly denoise?: number;
  readonly samplingRate?: number;
}

/** Looks at wishes before anything is spoken for them. @throws RangeError where a wish is none */
export function checkOutput(
  what: string,
  { denoise, samplingRate, ...level }: OutputOptions,
  rate: number,
): void {
  if (denoise !== undefined && !(typeof denoise === 'number' && denoise >= 0 && denoise <= 1)) {
    throw new RangeError(
      `${what}: denoise=${denoise} must be from 0 to 1, because it is the share of the model's bias that is taken off; 0.01 to 0.1 is usual`,
    );
  }
  if (samplingRate !== undefined) {
    if (!Number.isSafeInteger(samplingRate) || samplingRate < 1 || samplingRate > HIGHEST_RATE) {
      throw new RangeError(
        `${what}: samplingRate=${samplingRate} must be a whole number of Hz from 1 to ${HIGHEST_RATE}, because no file or sound card takes more, and making it may take minutes; 48000 is usual`,
      );
    }
    checkResampling(rate, samplingRate);
  }
  checkGain(level, samplingRate ?? rate);
}

/** What sound passes through while it comes. */
export interface Stage {
  push(audio: Float32Array): Float32Array;
  end(): Float32Array;
}

/**
 * Resamplers from one rate. The last is kept, as its filter takes from 0.1 s to seconds to make; no more, as each may
 * hold 64 MiB.
 *
 * @param rate Hz of the audio
 * @returns to a rate that is wanted; undefined where nothing is to do
 */
export function keepResampler(rate: number): (wanted?: number) => Resampler | undefined {
  let kept: Resampler | undefined;
  return (wanted = rate) => {
    if (wanted === rate) return undefined;
    if (kept?.to !== wanted) kept = createResampler(rate, wanted);
    return kept;
  };
}

/**
 * A whole sound as it is wanted; it is refined already.
 *
 * @param rate Hz of the audio
 * @param denoiser where `denoise` is wanted
 * @param resampler where another rate is
 */
export function finished(
  audio: Float32Array,
  { denoise = 0, samplingRate: _, ...level }: OutputOptions,
  {
    rate,
    denoiser,
    resampler,
  }: { readonly rate: number; readonly denoiser?: Denoiser; readonly resampler?: Resampler },
): Float32Array {
  let result = denoiser ? through(audio, denoiser.begin(denoise)) : audio;
  if (resampler) result = resampler.resample(result);
  const gain = outputGain(result, resampler?.to ?? rate, level);
  return gain === 1 ? result : result.map((value) => value * gain);
}

/** A whole sound through a stage of which as much comes out as goes in. */
export function through(audio: Float32Array, stage: Stage): Float32Array {
  const result = new Float32Array(audio.length);
  const first = stage.push(audio);
  result.set(first);
  result.set(stage.end(), first.length);
  return result;
}

/** Sound that comes in parts, as it is wanted; the same as {@link finished} makes of the whole, refined. */
export async function* finishedStream(
  parts: AsyncIterable<Float32Array>,
  { denoise = 0 }: OutputOptions,
  {
    refinement,
    denoiser,
    resampler,
  }: {
    readonly refinement?: Stage;
    readonly denoiser: () => Promise<Denoiser>;
    readonly resampler?: Resampler;
  },
): AsyncGenerator<Float32Array, void, undefined> {
  const refined = refinement ? streamThrough(parts, async () => refinement) : parts;
  const cleaned =
    denoise > 0 ? streamThrough(refined, async () => (await denoiser()).begin(denoise)) : refined;
  if (resampler) yield* streamThrough(cleaned, async () => resampler.stream());
  else yield* cleaned;
}

async function* streamThrough(
  parts: AsyncIterable<Float32Array>,
  begin: () => Promise<Stage>,
): AsyncGenerator<Float32Array, void, undefined> {
  const stage = await begin();
  for await (const part of parts) {
    const made = stage.push(part);
    if (made.length > 0) yield made;
  }
  const last = stage.end();
  if (last.length > 0) yield last;
}
