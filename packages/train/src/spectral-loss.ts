import type { HifiGanConfig } from '@hifigan/config';
import * as tf from '@tensorflow/tfjs';
import { logarithm } from './log-mel.js';
import { meanAbsoluteDifference } from './losses.js';
import { createBinMagnitudes, createMelMagnitudes, type Magnitudes } from './magnitudes.js';
import {
  type SpectralLossName,
  type SpectralView,
  spectralViews,
  spectralWeights,
} from './spectral-views.js';
import { Tape } from './tape.js';

/** Keeps the gradient of silence from growing without bound. */
const ROOT_FLOOR = 1e-5;

const COMPARED = {
  logarithm,
  root: (magnitudes: tf.Tensor3D): tf.Tensor3D => tf.sqrt(tf.maximum(magnitudes, ROOT_FLOOR)),
  magnitude: (magnitudes: tf.Tensor3D): tf.Tensor3D => magnitudes,
};

/** How far generated audio is from a recording, as spectra see it. Owns its matrices until `dispose`. */
export interface SpectralLoss {
  /** In the generator's loss; `magnitude` only where the configuration has it. */
  readonly weights: ReadonlyMap<SpectralLossName, number>;
  /**
   * The losses without their weights, in the order of `weights`, and the gradient to the generated audio of their weighted
   * sum; both are the caller's.
   *
   * @param audio `[batch, samples, 1]`, more samples than half of the widest window
   * @param generated the same shape
   * @param share what part of the whole batch this is: losses and gradient are multiplied by it; default 1
   */
  between(
    audio: tf.Tensor3D,
    generated: tf.Tensor3D,
    share?: number,
  ): { readonly losses: tf.Tensor1D; readonly cotangent: tf.Tensor };
  dispose(): void;
}

/**
 * The spectral losses of a configuration.
 *
 * `mel`: mean|mel(y) − mel(ŷ)|, natural logarithm, up to `fmax_for_loss`. With `use_multiscale_melloss` the sum of that
 * over seven resolutions, frames centred and common logarithm, as in BigVGAN-v2, where its weight is 15. Bands lie between
 * the configuration's `fmin` and `fmax_for_loss` (there always 0 and half the rate), and as in the reference's mel 1e-9 is
 * added under the root.
 *
 * `magnitude`, with `lambda_magnitude_loss`: a weighted sum of mean|√m(y) − √m(ŷ)| of mel magnitudes at the same seven
 * resolutions, and of mean|s(y) − s(ŷ)| of spectra from 0 to 700 Hz through windows of 2,048 and 4,096 samples. A logarithm
 * takes what is quiet as seriously as what is loud, and its gradient, one over the magnitude, is the larger the quieter a
 * band is: pauses and the valleys between harmonics teach the most. Roots are near what an ear makes of a band, whose specific
 * loudness grows about as the magnitude to the power of 0.46 (Zwicker and Fastl, "Psychoacoustics", chapter 8).
 */
export function createSpectralLoss(config: HifiGanConfig): SpectralLoss {
  const weights = spectralWeights(config);
  const views = spectralViews(config).map((view) => ({ ...view, spectrum: magnitudesOf(view) }));
  const distances = views.flatMap((view) => view.distances);
  const compared = (audio: tf.Tensor3D) =>
    views.flatMap((view) => {
      const magnitudes = view.spectrum.analyze(audio);
      return view.distances.map(({ of }) => COMPARED[of](magnitudes));
    });
  return {
    weights,
    between(audio, generated, share = 1) {
      return tf.tidy(() => {
        const targets = compared(audio);
        const { value, tape } = Tape.record(() => {
          const found = compared(generated).map((own, i) =>
            tf.mul(meanAbsoluteDifference(targets[i], own, share), distances[i].weight),
          );
          return tf.stack(
            [...weights.keys()].map((name) =>
              tf.addN(found.filter((_, i) => distances[i].loss === name)),
            ),
          );
        }, [generated]);
        const [cotangent] = tape.backward(tf.tensor1d([...weights.values()]));
        return { losses: value as tf.Tensor1D, cotangent };
      });
    },
    dispose() {
      for (const { spectrum } of views) spectrum.dispose();
    },
  };
}

function magnitudesOf({ mel, bins, centred }: SpectralView): Magnitudes {
  const padding = centred ? mel.nFft / 2 : undefined;
  return bins === undefined
    ? createMelMagnitudes(mel, padding)
    : createBinMagnitudes(mel, bins, padding);
}
