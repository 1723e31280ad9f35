import { createMelSpectrogram, type MelOptions } from '@hifigan/audio';
import { loudnessDifference } from './loudness-difference.js';
import { melCepstralDistortion } from './mel-cepstral-distortion.js';
import { melDistance } from './mel-distance.js';
import { checkTrack, comparePitch } from './pitch/compare-pitch.js';
import { type PitchTrack, trackPitch } from './pitch/track-pitch.js';
import { checkMelOptions, checkObject, checkPair, checkRate } from './signals.js';
import { multiResolutionStftDistance } from './stft-distance.js';
import { estoi, stoi } from './stoi.js';

/** What {@link compareSpeech} calls a measure, and how its figures are to be read. */
export interface SpeechMeasure {
  /** For files: `stoi`, `mel_distance` … */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Empty where it has none. */
  readonly unit: '' | 'nepers' | 'dB' | 'cents' | 'LU';
  /** `zero`: what is near nothing, on either side. */
  readonly better: 'higher' | 'lower' | 'zero';
}

/** The measures of {@link compareSpeech}, in their order. */
export const speechMeasures = [
  { name: 'stoi', title: 'STOI', unit: '', better: 'higher' },
  { name: 'estoi', title: 'ESTOI', unit: '', better: 'higher' },
  { name: 'mel_distance', title: 'mel distance', unit: 'nepers', better: 'lower' },
  {
    ...{ name: 'mel_distance_full_band', title: 'mel distance, full band' },
    ...{ unit: 'nepers', better: 'lower' },
  },
  {
    ...{ name: 'stft_spectral_convergence', title: 'STFT, spectral convergence' },
    ...{ unit: '', better: 'lower' },
  },
  {
    ...{ name: 'stft_log_magnitude', title: 'STFT, log magnitude' },
    ...{ unit: 'nepers', better: 'lower' },
  },
  {
    ...{ name: 'mel_cepstral_distortion', title: 'mel-cepstral distortion' },
    ...{ unit: 'dB', better: 'lower' },
  },
  { name: 'f0_rmse', title: 'pitch error', unit: 'cents', better: 'lower' },
  { name: 'voiced_f1', title: 'voiced/unvoiced F1', unit: '', better: 'higher' },
  { name: 'loudness_difference', title: 'loudness', unit: 'LU', better: 'zero' },
] as const satisfies readonly SpeechMeasure[];

export type SpeechMeasureName = (typeof speechMeasures)[number]['name'];

/** A figure of each measure; null where it says nothing of these recordings. */
export type SpeechComparison<Name extends SpeechMeasureName = SpeechMeasureName> = Readonly<
  Record<Name, number | null>
>;

export interface CompareSpeechOptions<Name extends SpeechMeasureName = SpeechMeasureName> {
  /** Of both recordings. */
  readonly samplingRate: number;
  /**
   * For the mel distances (the second without its `fmax`) and the cepstra: of a configuration, `melOptions(config)`.
   */
  readonly mel: MelOptions;
  /** Of the reference, where it is known already: tracking pitch is most of the work. */
  readonly referencePitch?: PitchTrack;
  /** Those that are wanted; all where left out. */
  readonly only?: readonly Name[];
  /** Told why a measure is null. */
  readonly onMissing?: (name: Name, reason: string) => void;
}

/**
 * All measures of this package that are of use for a vocoder, at once; each is described where it stands alone. Not
 * SI-SDR, which says little of one.
 *
 * A measure is null where it does not apply: recordings too short for it, a silent reference, nothing voiced in both.
 *
 * @param reference mono samples in [−1, 1]
 * @param generated as many, aligned with the reference
 * @throws RangeError where lengths differ, a sample is not finite, or the options are impossible
 */
export function compareSpeech<Name extends SpeechMeasureName = SpeechMeasureName>(
  reference: Float32Array,
  generated: Float32Array,
  options: CompareSpeechOptions<Name>,
): SpeechComparison<Name> {
  checkObject(
    'compareSpeech',
    'options',
    options,
    '{ samplingRate, mel }, because measures need both; give { samplingRate, mel: melOptions(config) }',
  );
  const { samplingRate, mel, referencePitch, only, onMissing } = options;
  checkPair('compareSpeech', reference, generated);
  checkRate('compareSpeech', samplingRate);
  checkMelOptions('compareSpeech', mel);
  checkNames(only);
  if (referencePitch !== undefined) checkTrack('compareSpeech', 'referencePitch', referencePitch);
  // Impossible options are a mistake, and not a measure that does not apply.
  createMelSpectrogram(mel);
  const stft = once(() => multiResolutionStftDistance(reference, generated));
  const pitch = once(() =>
    comparePitch(
      referencePitch ?? trackPitch(reference, samplingRate),
      trackPitch(generated, samplingRate),
    ),
  );
  const fullBand = { ...mel, fmax: null };
  const measures: Readonly<Record<SpeechMeasureName, () => number | null>> = {
    stoi: () => stoi(reference, generated, samplingRate),
    estoi: () => estoi(reference, generated, samplingRate),
    mel_distance: () => melDistance(reference, generated, mel),
    mel_distance_full_band: () => melDistance(reference, generated, fullBand),
    stft_spectral_convergence: () => stft().spectralConvergence,
    stft_log_magnitude: () => stft().logMagnitude,
    mel_cepstral_distortion: () => melCepstralDistortion(reference, generated, { mel }),
    f0_rmse: () => pitch().f0RmseCents,
    voiced_f1: () => pitch().voicedF1,
    loudness_difference: () => loudnessDifference(reference, generated, samplingRate),
  };
  const names = only ?? speechMeasures.map(({ name }) => name as Name);
  return Object.fromEntries(
    names.map((name) => {
      const value = whereItApplies(name, measures[name], (reason) => onMissing?.(name, reason));
      return [name, value];
    }),
  ) as SpeechComparison<Name>;
}

/** Types let no others through; who writes JavaScript is told. */
function checkNames(only: readonly string[] | undefined): void {
  if (only === undefined) return;
  const known: readonly string[] = speechMeasures.map(({ name }) => name);
  const strangers = Array.isArray(only) ? only.filter((name) => !known.includes(name)) : [only];
  if (strangers.length === 0) return;
  throw new RangeError(
    `compareSpeech: only=${strangers.join(', ')} must be an array of names of measures, because those alone are computed; they are ${known.join(', ')}`,
  );
}

/** Why there is no figure where nothing is impossible. */
const NO_FIGURE: Readonly<Partial<Record<SpeechMeasureName, string>>> = {
  f0_rmse: 'no frame is voiced in both recordings',
  voiced_f1: 'no frame is voiced in either recording',
  loudness_difference: 'one of them is quieter than −70 LUFS throughout, which has no loudness',
};

/** The signals themselves were found good: what a measure refuses then does not lie in its reach. */
function whereItApplies(
  name: SpeechMeasureName,
  measure: () => number | null,
  tell: (reason: string) => void,
): number | null {
  try {
    const value = measure();
    if (value !== null && Number.isFinite(value)) return value;
    tell(NO_FIGURE[name] ?? 'it is not finite');
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    tell(error.message);
  }
  return null;
}

/** Computes when first asked; an error is computed once, too. */
function once<T>(compute: () => T): () => T {
  let found: { readonly value: T } | { readonly error: unknown } | undefined;
  return () => {
    if (!found) {
      try {
        found = { value: compute() };
      } catch (error) {
        found = { error };
      }
    }
    if ('error' in found) throw found.error;
    return found.value;
  };
}
