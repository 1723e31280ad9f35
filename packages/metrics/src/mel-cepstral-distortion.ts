import { createMelSpectrogram, type MelOptions } from '@hifigan/audio';
import { type MelCepstrum, melCepstrum } from './mel-cepstrum.js';
import { checkMelOptions, checkObject, checkPair, checkSignal } from './signals.js';
import { alignInTime } from './time-alignment.js';

/** Which distortion is meant. */
export interface MelCepstralDistortionOptions {
  /** The mel spectrogram; usual are 80 bands up to half the sampling rate (`fmax: null`). */
  readonly mel: MelOptions;
  /** Coefficients 1 to this count, below `mel.numMels`; 13 if not given. */
  readonly coefficients?: number;
  /** Warps time first (DTW on the coefficients), so that lengths may differ. Not done if not given. */
  readonly align?: boolean;
}

/** ln to dB for cosines: a ripple of amplitude c in ln|S| has an RMS of 20/ln 10 · c/√2 decibels. */
const DECIBELS = (10 * Math.SQRT2) / Math.LN10;

/**
 * Mel-cepstral distortion: how far the smoothed shape of the spectrum lies from the reference's, level left out.
 *
 * In dB, lower is better, 0 is the reference itself. The variant: log-mel bands, DCT-II scaled to the amplitude of its
 * cosines, coefficients 1 to 13, 10·√2/ln 10 · ‖c − c′‖ per frame, and the mean over frames, pauses included (along the
 * path where time is aligned).
 *
 * Pitfalls: figures of other variants cannot be compared. Vocoder papers mostly take SPTK's mel-generalised cepstra
 * of WORLD's envelopes; who takes an orthonormal DCT instead gets √(numMels/2) times ours. It ignores pitch, voicing
 * and all fine structure, so a buzzing voice may score well; alignment forgives wrong durations.
 *
 * R. Kubichek, Mel-cepstral distance measure for objective speech quality assessment, 1993.
 *
 * @param reference mono samples in [−1, 1] at `mel.samplingRate`
 * @param generated of what is judged; as many samples unless `align`
 * @throws RangeError where lengths differ without `align`, a sample is not finite, recordings are too short or
 *   (aligned) too long, or options are impossible
 */
export function melCepstralDistortion(
  reference: Float32Array,
  generated: Float32Array,
  options: MelCepstralDistortionOptions,
): number {
  const where = 'melCepstralDistortion';
  checkObject(
    where,
    'options',
    options,
    'an object with mel, because cepstra are those of a mel spectrogram; give { mel: melOptions(config) }',
  );
  const { mel, coefficients = 13, align = false } = options;
  checkMelOptions(where, mel);
  checkSignal(where, 'reference', reference);
  checkSignal(where, 'generated', generated);
  if (!align) checkPair(where, reference, generated);
  if (!(Number.isSafeInteger(coefficients) && coefficients >= 1 && coefficients < mel.numMels)) {
    throw new RangeError(
      `${where}: coefficients=${coefficients} must be a whole number from 1 to ${mel.numMels - 1}, because ${mel.numMels} bands have no more; leave it out for 13`,
    );
  }
  const { analyze } = createMelSpectrogram(mel);
  const [x, y] = [reference, generated].map((audio) => {
    const cepstrum = melCepstrum(analyze(audio), coefficients);
    if (cepstrum.frames > 0) return cepstrum;
    throw new RangeError(
      `${where}: a recording of ${audio.length} samples must have at least hopSize=${mel.hopSize}, because it has no frame else; give longer ones`,
    );
  });
  const path = align
    ? alignInTime(x.frames, y.frames, (i, j) => distance(x, i, y, j))
    : Array.from({ length: x.frames }, (_, frame) => [frame, frame] as const);
  const sum = path.reduce((total, [i, j]) => total + distance(x, i, y, j), 0);
  return (DECIBELS * sum) / path.length;
}

function distance(x: MelCepstrum, i: number, y: MelCepstrum, j: number): number {
  const count = x.coefficients;
  let sum = 0;
  for (let k = 0; k < count; k++) sum += (x.data[i * count + k] - y.data[j * count + k]) ** 2;
  return Math.sqrt(sum);
}
