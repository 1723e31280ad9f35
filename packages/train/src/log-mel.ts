import type { MelOptions } from '@hifigan/audio';
import * as tf from '@tensorflow/tfjs';
import { createMelMagnitudes } from './magnitudes.js';

/** As in `@hifigan/audio`, whose mel spectrogram this one equals. */
const MEL_FLOOR = 1e-5;

/** A log-mel spectrogram with a gradient. Owns its matrices until `dispose`. */
export interface LogMel {
  /**
   * @param audio `[batch, samples]` or `[batch, samples, 1]` in [-1, 1], more samples than are mirrored on a side
   * @returns `[batch, frames, numMels]`, a frame wherever `nFft` samples fit after the padding (by default
   * ⌊samples / hopSize⌋), natural logarithm, at least ln(1e-5)
   */
  analyze(audio: tf.Tensor): tf.Tensor3D;
  dispose(): void;
}

/**
 * The log-mel spectrogram of `@hifigan/audio` in tfjs ops, for the mel loss.
 *
 * @param padding samples mirrored on each side; default (nFft − hopSize) / 2, so that there are as many frames as hops
 */
export function createLogMel(options: MelOptions, padding?: number): LogMel {
  const bands = createMelMagnitudes(options, padding);
  return {
    analyze: (audio) => tf.tidy(() => logarithm(bands.analyze(audio))),
    dispose: () => bands.dispose(),
  };
}

/** Natural logarithm of mel magnitudes, at least ln(1e-5). */
export function logarithm(bands: tf.Tensor3D): tf.Tensor3D {
  return tf.log(tf.maximum(bands, MEL_FLOOR));
}
