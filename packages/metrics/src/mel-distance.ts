import { createMelSpectrogram, type MelOptions } from '@hifigan/audio';
import { checkMelOptions, checkPair } from './signals.js';

/**
 * Mel distance: the mean absolute difference of two log-mel spectrograms, HiFi-GAN's validation error.
 *
 * In nepers (natural log of magnitudes; 0.115 is a decibel); lower is better, 0 is the reference itself. With the mel
 * that a model is conditioned on it says how well the model obeys; with `fmax: null` it hears the bands that the
 * model had to invent, too: give both. Pitfalls: silence, floored at 1e-5, counts as much as speech, so that noise in
 * pauses weighs heavily; blind to phase; figures of different mel options cannot be compared.
 *
 * J. Kong, J. Kim, J. Bae, HiFi-GAN, 2020 (mel-spectrogram loss; there times 45).
 *
 * @param reference mono samples in [−1, 1] at `mel.samplingRate`
 * @param generated as many
 * @param mel of a configuration: `melOptions(config)`; of the full band: `{ ...melOptions(config), fmax: null }`
 * @throws RangeError where lengths differ, a sample is not finite, the recordings are shorter than the padding, or
 *   the options are impossible
 */
export function melDistance(
  reference: Float32Array,
  generated: Float32Array,
  mel: MelOptions,
): number {
  checkPair('melDistance', reference, generated);
  checkMelOptions('melDistance', mel);
  const { analyze } = createMelSpectrogram(mel);
  const [x, y] = [analyze(reference).data, analyze(generated).data];
  if (x.length === 0) {
    throw new RangeError(
      `melDistance: reference.length=${reference.length} must be at least hopSize=${mel.hopSize}, because a shorter recording has no frame; give longer ones`,
    );
  }
  return x.reduce((sum, value, i) => sum + Math.abs(value - y[i]), 0) / x.length;
}
