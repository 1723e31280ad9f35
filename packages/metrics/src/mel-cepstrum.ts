import type { Mel } from '@hifigan/audio';

/** Cepstral coefficients from the first on (without the zeroth, which is level), row-major `[frames, coefficients]`. */
export interface MelCepstrum {
  readonly data: Float64Array;
  readonly frames: number;
  readonly coefficients: number;
}

/**
 * The cosine transform (DCT-II) of each frame over its mel bands, scaled so that the frame's log magnitude at band m is
 * c₀ + Σ cₖ·cos(πk(m + ½)/bands): cₖ = 2/bands · Σ ln Sₘ·cos(πk(m + ½)/bands).
 *
 * @param mel natural-log magnitudes
 * @param coefficients how many, below the number of bands
 */
export function melCepstrum({ data, frames, mels }: Mel, coefficients: number): MelCepstrum {
  const basis = Float64Array.from(
    { length: coefficients * mels },
    (_, i) =>
      (2 / mels) * Math.cos((Math.PI * (Math.floor(i / mels) + 1) * ((i % mels) + 0.5)) / mels),
  );
  const cepstra = new Float64Array(frames * coefficients);
  for (let frame = 0; frame < frames; frame++) {
    for (let k = 0; k < coefficients; k++) {
      let sum = 0;
      for (let m = 0; m < mels; m++) sum += basis[k * mels + m] * data[frame * mels + m];
      cepstra[frame * coefficients + k] = sum;
    }
  }
  return { data: cepstra, frames, coefficients };
}
