import type { MelConfig } from '../mel-options.js';

/**
 * What the numbers of a mel spectrogram mean, as plain data that JSON can hold: how the frames were cut, what was
 * summed in which bands, and what was done to the sums. A front end and a vocoder must agree in all of it.
 */
export interface MelProfile {
  /** Hz. */
  readonly samplingRate: number;
  /** Length of the Fourier transform. */
  readonly fftSize: number;
  /** Samples from one frame to the next. */
  readonly hopSize: number;
  /** Length of the Hann window, at most fftSize. */
  readonly windowSize: number;
  /**
   * Where the frames lie: `hop` has frame t in the middle of its hop (reflection of (fftSize − hopSize)/2,
   * ⌊samples/hop⌋ frames), `centred` at its beginning (fftSize/2, one frame more), half a hop earlier.
   */
  readonly framing: 'hop' | 'centred';
  /** Of the first-order filter before the transform, `y[n] = x[n] − c·x[n − 1]`; absent: none. */
  readonly preemphasis?: number;
  readonly mels: number;
  /** Lower edge of the first band, Hz. */
  readonly fmin: number;
  /** Upper edge of the last band, Hz; null is half the sampling rate. */
  readonly fmax: number | null;
  /** The scale that bands are equally wide on. */
  readonly filterbank: 'slaney' | 'htk';
  /** `area`: triangles of area 1 over Hz, as Slaney's are; `peak`: of height 1. */
  readonly bands: 'area' | 'peak';
  /** What the bands sum. */
  readonly magnitude: 'amplitude' | 'power';
  /** Added to each power before its root is taken; absent: nothing. */
  readonly guard?: number;
  /** `decibel` is 20·log10 of amplitudes, 10·log10 of powers; `none`: the sums themselves. */
  readonly log: 'natural' | 'log10' | 'decibel' | 'none';
  /** The smallest sum, before the logarithm. */
  readonly floor: number;
  /** How the floor is kept: smaller sums are raised to it, or it is added to all. */
  readonly floorBy: 'clamp' | 'add';
  /** What was done to the logarithms; absent: nothing. */
  readonly normalisation?: MelNormalisation;
}

/** What was done to the logarithms. */
export type MelNormalisation =
  | {
      /** A line from [low, high], in units of the logarithm, to [from, to]; beyond it is cut off. */
      readonly kind: 'range';
      readonly low: number;
      readonly high: number;
      readonly from: number;
      readonly to: number;
    }
  /**
   * Each band less its mean, divided by its standard deviation, of a whole data set: {@link MelStatistics}, kept
   * elsewhere.
   */
  | { readonly kind: 'statistics' }
  /** The loudest value of the clip became 0, and what is more than `range` below was raised: the level is lost. */
  | { readonly kind: 'peak'; readonly range: number };

/** Mean and standard deviation of each band over a data set, in the units of the profile's logarithm. */
export interface MelStatistics {
  readonly mean: ArrayLike<number>;
  readonly scale: ArrayLike<number>;
}

/** Smallest mel magnitude of HiFi-GAN. */
export const MEL_FLOOR = 1e-5;

/**
 * The profile of the mels that a HiFi-GAN configuration speaks of. For the mel of the loss, replace fmax:
 * `{ ...profileOfConfig(config), fmax: config.fmax_for_loss }`.
 */
export function profileOfConfig(config: MelConfig): MelProfile {
  return {
    samplingRate: config.sampling_rate,
    fftSize: config.n_fft,
    hopSize: config.hop_size,
    windowSize: config.win_size,
    framing: 'hop',
    mels: config.num_mels,
    fmin: config.fmin,
    fmax: config.fmax,
    filterbank: 'slaney',
    bands: 'area',
    magnitude: 'amplitude',
    guard: 1e-9,
    log: 'natural',
    floor: MEL_FLOOR,
    floorBy: 'clamp',
  };
}

/** Upper edge of the last band, Hz. */
export function topOf({ fmax, samplingRate }: Pick<MelProfile, 'fmax' | 'samplingRate'>): number {
  return fmax ?? samplingRate / 2;
}

/** Frames a second. */
export function frameRate({ samplingRate, hopSize }: MelProfile): number {
  return samplingRate / hopSize;
}
