import { checkFilterbankOptions, type FilterbankOptions } from './mel-options.js';

// Slaney's Auditory Toolbox: linear to 1 kHz, 15 mels there, then 27 mels for each factor of 6.4.
const HZ_PER_MEL = 200 / 3;
const BREAK_HZ = 1000;
const BREAK_MEL = BREAK_HZ / HZ_PER_MEL;
const LOG_STEP = Math.log(6.4) / 27;

/** Hz to mel on Slaney's scale. */
export function hzToMel(hz: number): number {
  return hz < BREAK_HZ ? hz / HZ_PER_MEL : BREAK_MEL + Math.log(hz / BREAK_HZ) / LOG_STEP;
}

/** Mel on Slaney's scale to Hz. */
export function melToHz(mel: number): number {
  return mel < BREAK_MEL ? mel * HZ_PER_MEL : BREAK_HZ * Math.exp(LOG_STEP * (mel - BREAK_MEL));
}

// HTK's: 1000 mels are 1 kHz, and the scale bends about 700 Hz.
const HTK_MEL = 2595;
const HTK_HZ = 700;

/** Hz to mel and back, by the name of the scale. */
export const melScales = {
  slaney: { fromHz: hzToMel, toHz: melToHz },
  htk: {
    fromHz: (hz: number) => HTK_MEL * Math.log10(1 + hz / HTK_HZ),
    toHz: (mel: number) => HTK_HZ * (10 ** (mel / HTK_MEL) - 1),
  },
} as const;

/** The kind of a filterbank; those of librosa's defaults where left out. */
export interface FilterbankKind {
  /** The scale that the bands are equally wide on. */
  readonly scale?: keyof typeof melScales;
  /** `area`: each of area 1 over Hz, Slaney's normalisation; `peak`: each of height 1. */
  readonly bands?: 'area' | 'peak';
}

/**
 * The mel filterbank of `librosa.filters.mel` with its defaults: triangles on Slaney's mel scale, each
 * of area 1 over Hz (Slaney's normalisation). Of the other kind, `{ scale: 'htk', bands: 'peak' }`, are torchaudio's
 * defaults.
 *
 * @returns row-major `[numMels, ⌊nFft / 2⌋ + 1]`
 * @throws RangeError where the options are impossible
 */
export function melFilterbank(
  options: FilterbankOptions,
  { scale = 'slaney', bands = 'area' }: FilterbankKind = {},
): Float64Array {
  checkFilterbankOptions('melFilterbank', options);
  const { samplingRate, nFft, numMels, fmin } = options;
  const { fromHz, toHz } = melScales[scale];
  const bins = Math.floor(nFft / 2) + 1;
  const low = fromHz(fmin);
  const high = fromHz(options.fmax ?? samplingRate / 2);
  const edges = Float64Array.from({ length: numMels + 2 }, (_, i) =>
    toHz(low + ((high - low) * i) / (numMels + 1)),
  );
  const result = new Float64Array(numMels * bins);
  for (let band = 0; band < numMels; band++) {
    const [left, centre, right] = edges.subarray(band, band + 3);
    const height = bands === 'area' ? 2 / (right - left) : 1;
    for (let bin = 0; bin < bins; bin++) {
      const hz = (bin * samplingRate) / nFft;
      const weight = Math.min((hz - left) / (centre - left), (right - hz) / (right - centre));
      if (weight > 0) result[band * bins + bin] = weight * height;
    }
  }
  return result;
}

/**
 * A filterbank without its zeros: band `b` weighs bins `first[b]` … with `weights[offset[b]]` … `weights[offset[b +
 * 1] − 1]`.
 */
export interface SparseFilterbank {
  readonly first: Int32Array;
  readonly offset: Int32Array;
  readonly weights: Float64Array;
  /** One more than the highest bin that any band weighs. */
  readonly usedBins: number;
}

/** Takes the zeros out of a dense `[numMels, bins]` filterbank whose bands are each one run of bins. */
export function sparseFilterbank(dense: Float64Array, numMels: number): SparseFilterbank {
  const bins = dense.length / numMels;
  const first = new Int32Array(numMels);
  const offset = new Int32Array(numMels + 1);
  const weights: number[] = [];
  let usedBins = 0;
  for (let band = 0; band < numMels; band++) {
    const row = dense.subarray(band * bins, (band + 1) * bins);
    const start = row.findIndex((weight) => weight !== 0);
    if (start >= 0) {
      const end = row.findLastIndex((weight) => weight !== 0) + 1;
      first[band] = start;
      for (let bin = start; bin < end; bin++) weights.push(row[bin]);
      usedBins = Math.max(usedBins, end);
    }
    offset[band + 1] = weights.length;
  }
  return { first, offset, weights: Float64Array.from(weights), usedBins };
}

/**
 * A filterbank by bins: between `start[b]` and `start[b + 1]`, band `b` weighs with `rising` and band `b − 1` with
 * `falling`. No bin lies in more than two triangles.
 */
export interface BandSegments {
  readonly start: Int32Array;
  readonly rising: Float64Array;
  readonly falling: Float64Array;
}

/** Sorts the bins of a dense `[numMels, bins]` triangular filterbank by the highest band that weighs them. */
export function bandSegments(dense: Float64Array, numMels: number): BandSegments {
  const bins = dense.length / numMels;
  const start = new Int32Array(numMels + 1);
  const rising = new Float64Array(bins);
  const falling = new Float64Array(bins);
  const weight = (band: number, bin: number) => (band < 0 ? 0 : dense[band * bins + bin]);
  let bin = 0;
  // Below the first triangle.
  while (bin < bins && highestBand(dense, numMels, bin) < 0) bin++;
  for (let band = 0; band < numMels; band++) {
    start[band] = bin;
    while (bin < bins && highestBand(dense, numMels, bin) === band) {
      rising[bin] = weight(band, bin);
      falling[bin] = weight(band - 1, bin);
      bin++;
    }
  }
  start[numMels] = bin;
  return { start, rising, falling };
}

function highestBand(dense: Float64Array, numMels: number, bin: number): number {
  const bins = dense.length / numMels;
  let band = numMels - 1;
  while (band >= 0 && dense[band * bins + bin] === 0) band--;
  return band;
}
