import { melFilterbank, type SparseFilterbank, sparseFilterbank } from '../mel-filterbank.js';
import type { MelProfile } from './mel-profile.js';

/** The filterbank of a profile, with what its bands are over the bins of the transform. */
export interface ProfileFilterbank extends SparseFilterbank {
  readonly mels: number;
  /** ⌊fftSize / 2⌋ + 1. */
  readonly bins: number;
  /** Hz from one bin to the next. */
  readonly spacing: number;
  /** Sum of the weights of each band. */
  readonly sums: Float64Array;
  /** Mean frequency of each band by its weights, Hz. */
  readonly centres: Float64Array;
}

/** Recognition asks for those of the catalogue again and again. */
const planned = new WeakMap<MelProfile, ProfileFilterbank>();

export function profileFilterbank(profile: MelProfile): ProfileFilterbank {
  const bank = planned.get(profile) ?? planFilterbank(profile);
  planned.set(profile, bank);
  return bank;
}

function planFilterbank(profile: MelProfile): ProfileFilterbank {
  const { samplingRate, fftSize, mels, fmin, fmax, filterbank, bands } = profile;
  const dense = melFilterbank(
    { samplingRate, nFft: fftSize, numMels: mels, fmin, fmax },
    { scale: filterbank, bands },
  );
  const sparse = sparseFilterbank(dense, mels);
  const spacing = samplingRate / fftSize;
  const sums = new Float64Array(mels);
  const centres = new Float64Array(mels);
  for (let band = 0; band < mels; band++) {
    for (let at = sparse.offset[band]; at < sparse.offset[band + 1]; at++) {
      sums[band] += sparse.weights[at];
      centres[band] +=
        sparse.weights[at] * (sparse.first[band] + at - sparse.offset[band]) * spacing;
    }
    centres[band] /= sums[band];
  }
  return { ...sparse, mels, bins: Math.floor(fftSize / 2) + 1, spacing, sums, centres };
}

/** Σ weight · value(bin) of one band. */
export function bandSum(
  { first, offset, weights }: SparseFilterbank,
  band: number,
  values: Float64Array,
): number {
  let sum = 0;
  for (let at = offset[band], bin = first[band]; at < offset[band + 1]; at++, bin++) {
    sum += weights[at] * values[bin];
  }
  return sum;
}
