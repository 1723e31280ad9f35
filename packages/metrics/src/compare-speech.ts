import { createMelSpectrogram, type MelOptions } from '@hifigan/audio';
import { loudnessDifference } from './loudness-difference.js';
import { melCepstralDistortion } from './mel-cepstral-distortion.js';
import { melDistance } from './mel-distance.js';
import { comparePitch } from './pitch/compare-pitch.js';
import { type PitchTrack, trackPitch } from './pitch/track-pitch.js';
import { checkPair, checkRate } from './signals.js';
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
export type SpeechComparison = Readonly<Record<SpeechMeasureName, number | null>>;

export interface CompareSpeechOptions {
  /** Of both recordings. */
  readonly samplingRate: number;
  /**
   * For the mel distances (the second without its `fmax`) and the cepstra: of a configuration, `melOptions(config)`.
   */
  readonly mel: MelOptions;
  /** Of the reference, where it is known already: tracking pitch is most of the work. */
  readonly referencePitch?: PitchTrack;
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
export function compareSpeech(
  reference: Float32Array,
  generated: Float32Array,
  { samplingRate, mel, referencePitch }: CompareSpeechOptions,
): SpeechComparison {
  checkPair('compareSpeech', reference, generated);
  checkRate('compareSpeech', samplingRate);
  // Impossible options are a mistake, and not a measure that does not apply.
  createMelSpectrogram(mel);
  const stft = whereItApplies(() => multiResolutionStftDistance(reference, generated));
  const pitch = whereItApplies(() =>
    comparePitch(
      referencePitch ?? trackPitch(reference, samplingRate),
      trackPitch(generated, samplingRate),
    ),
  );
  const number = (measure: () => number) => finite(whereItApplies(measure));
  const fullBand = { ...mel, fmax: null };
  return {
    stoi: number(() => stoi(reference, generated, samplingRate)),
    estoi: number(() => estoi(reference, generated, samplingRate)),
    mel_distance: number(() => melDistance(reference, generated, mel)),
    mel_distance_full_band: number(() => melDistance(reference, generated, fullBand)),
    stft_spectral_convergence: finite(stft?.spectralConvergence),
    stft_log_magnitude: finite(stft?.logMagnitude),
    mel_cepstral_distortion: number(() => melCepstralDistortion(reference, generated, { mel })),
    f0_rmse: finite(pitch?.f0RmseCents),
    voiced_f1: finite(pitch?.voicedF1),
    // Of silence it is infinite.
    loudness_difference: number(() => loudnessDifference(reference, generated, samplingRate)),
  };
}

/** The signals themselves were found good: what a measure refuses then does not lie in its reach. */
function whereItApplies<T>(measure: () => T): T | undefined {
  try {
    return measure();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function finite(value: number | null | undefined): number | null {
  return value !== undefined && value !== null && Number.isFinite(value) ? value : null;
}
