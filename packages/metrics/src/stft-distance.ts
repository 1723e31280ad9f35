import { hannWindow, reflectPad } from '@hifigan/audio';
import { createPowerSpectrum } from './power-spectrum.js';
import { checkObject, checkPair, checkSounds } from './signals.js';

/** One look at a signal, in samples. */
export interface StftResolution {
  /** Length of the Fourier transform; even, at least winSize. */
  readonly nFft: number;
  readonly hopSize: number;
  /** Length of the Hann window, which stands in the middle of the frame. */
  readonly winSize: number;
}

/** Those of Parallel WaveGAN, for 16 to 24 kHz. */
export const parallelWaveGanResolutions: readonly StftResolution[] = [
  { nFft: 1024, hopSize: 120, winSize: 600 },
  { nFft: 2048, hopSize: 240, winSize: 1200 },
  { nFft: 512, hopSize: 50, winSize: 240 },
];

/** How far magnitudes lie from the reference's; lower is better, 0 is the reference itself. */
export interface StftDistance {
  /** ‖|X| − |Y|‖ / ‖|X|‖ (Frobenius): a share of the reference, 1 for silence. Loud parts decide. */
  readonly spectralConvergence: number;
  /** Mean |ln|X| − ln|Y||: natural log, 0.115 is a decibel. Quiet parts count as much as loud ones. */
  readonly logMagnitude: number;
}

// Of the power, as in Parallel WaveGAN: magnitudes below 3.2e-4 count as that.
const FLOOR = 1e-7;

/** All at once, those of ten minutes would be a gigabyte. Even, since two share a transform. */
const FRAMES_AT_A_TIME = 256;

/**
 * The distance of magnitude spectra at one resolution: frames centred on every hopSize-th sample, reflected at the
 * ends, under a periodic Hann window. See {@link multiResolutionStftDistance}.
 *
 * @param reference mono samples in [−1, 1]
 * @param generated as many
 * @throws RangeError where lengths differ, a sample is not finite, the reference is silent, or has no more than
 *   nFft/2 samples
 */
export function stftDistance(
  reference: Float32Array,
  generated: Float32Array,
  resolution: StftResolution,
): StftDistance {
  checkObject(
    'stftDistance',
    'resolution',
    resolution,
    '{ nFft, hopSize, winSize }, because spectra are compared at one; parallelWaveGanResolutions has some',
  );
  const { nFft, hopSize, winSize } = resolution;
  checkPair('stftDistance', reference, generated);
  checkSounds('stftDistance', reference);
  checkResolution(resolution);
  if (reference.length <= nFft / 2) {
    throw new RangeError(
      `stftDistance: reference.length=${reference.length} must be more than nFft/2=${nFft / 2}, because the ends are reflected so far; give longer recordings or a shorter nFft`,
    );
  }
  const frames = 1 + Math.floor(reference.length / hopSize);
  const spectrum = createPowerSpectrum(nFft, hannWindow(winSize));
  const offset = Math.floor((nFft - winSize) / 2);
  const padded = [reference, generated].map((audio) => reflectPad(audio, nFft / 2));
  let difference = 0;
  let energy = 0;
  let logs = 0;
  for (let first = 0; first < frames; first += FRAMES_AT_A_TIME) {
    const count = Math.min(FRAMES_AT_A_TIME, frames - first);
    const [x, y] = padded.map((audio) =>
      spectrum.analyze(audio, offset + first * hopSize, hopSize, count),
    );
    for (let i = 0; i < x.length; i++) {
      const true_ = Math.sqrt(Math.max(x[i], FLOOR));
      const made = Math.sqrt(Math.max(y[i], FLOOR));
      difference += (true_ - made) ** 2;
      energy += true_ ** 2;
      logs += Math.abs(Math.log(true_ / made));
    }
  }
  return {
    spectralConvergence: Math.sqrt(difference / energy),
    logMagnitude: logs / (frames * spectrum.bins),
  };
}

/**
 * Multi-resolution STFT distance: the mean of {@link stftDistance} over several resolutions, so that no single trade
 * of time against frequency decides.
 *
 * R. Yamamoto, E. Song, J. Kim, Parallel WaveGAN, 2020 (its loss is the sum of the two figures). Pitfalls: blind to
 * phase, so buzz and metallic sound may pass; moves with gain and delay; compares only at one sampling rate. Lower is
 * better; what models were trained on it may win by it without sounding better.
 *
 * @param reference mono samples in [−1, 1]
 * @param generated as many, at the same rate
 * @throws RangeError as {@link stftDistance}, and where there are no resolutions
 */
export function multiResolutionStftDistance(
  reference: Float32Array,
  generated: Float32Array,
  resolutions: readonly StftResolution[] = parallelWaveGanResolutions,
): StftDistance {
  if (!Array.isArray(resolutions) || resolutions.length === 0) {
    throw new RangeError(
      'multiResolutionStftDistance: resolutions must be an array that holds at least one, because their mean is taken; leave the argument out for those of Parallel WaveGAN',
    );
  }
  const all = resolutions.map((resolution) => stftDistance(reference, generated, resolution));
  const mean = (key: keyof StftDistance) =>
    all.reduce((sum, one) => sum + one[key], 0) / all.length;
  return { spectralConvergence: mean('spectralConvergence'), logMagnitude: mean('logMagnitude') };
}

function checkResolution({ nFft, hopSize, winSize }: StftResolution): void {
  const whole = [nFft, hopSize, winSize].every((n) => Number.isSafeInteger(n) && n >= 1);
  if (whole && nFft % 2 === 0 && winSize <= nFft && hopSize <= winSize) return;
  throw new RangeError(
    `stftDistance: nFft=${nFft}, hopSize=${hopSize}, winSize=${winSize} must be whole numbers with hopSize ≤ winSize ≤ nFft and nFft even, because windows lie inside frames and leave no gaps; correct them`,
  );
}
