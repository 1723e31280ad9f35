import { type MelOptions, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import * as tf from '@tensorflow/tfjs';
import { createLogMel } from './log-mel.js';
import { meanAbsoluteDifference } from './losses.js';
import { Tape } from './tape.js';

/** Of the generator's loss, where a configuration says nothing (Kong et al., 2020, equation 7). */
export const MEL_WEIGHT = 45;

/**
 * Windows in samples and bands of the loss at several resolutions; hops are a quarter of the window.
 *
 * Source: Kumar et al., "High-Fidelity Audio Compression with Improved RVQGAN" (2023), section 3.4, which BigVGAN-v2 took
 * over. The shortest windows are shorter than a pitch period, so that they are to tell where in it the energy lies.
 */
export const MEL_SCALES = [
  { window: 32, bands: 5 },
  { window: 64, bands: 10 },
  { window: 128, bands: 20 },
  { window: 256, bands: 40 },
  { window: 512, bands: 80 },
  { window: 1024, bands: 160 },
  { window: 2048, bands: 320 },
] as const;

/** How far generated audio is from a recording, as mel spectrograms see it. Owns its matrices until `dispose`. */
export interface MelLoss {
  /** In the generator's loss. */
  readonly weight: number;
  /**
   * The loss without its weight, and the gradient to the generated audio of the loss times `weight`; both are the
   * caller's.
   *
   * @param audio `[batch, samples, 1]`, more samples than half of the widest window
   * @param generated the same shape
   * @param share what part of the whole batch this is: loss and gradient are multiplied by it; default 1
   */
  between(
    audio: tf.Tensor3D,
    generated: tf.Tensor3D,
    share?: number,
  ): { readonly loss: tf.Scalar; readonly cotangent: tf.Tensor };
  dispose(): void;
}

/**
 * The mel loss of a configuration: mean|mel(y) − mel(ŷ)|, natural logarithm, up to `fmax_for_loss`. With
 * `use_multiscale_melloss` the sum of that over {@link MEL_SCALES}, frames centred and common logarithm, as in
 * BigVGAN-v2, where its weight is 15. Bands lie between the configuration's `fmin` and `fmax_for_loss` (there always 0 and
 * half the rate), and as in the reference's mel 1e-9 is added under the root.
 */
export function createMelLoss(config: HifiGanConfig): MelLoss {
  const weight = config.lambda_melloss ?? MEL_WEIGHT;
  const many = config.use_multiscale_melloss === true;
  const scales = melLossOptions(config).map((options) =>
    createLogMel(options, many ? options.nFft / 2 : undefined),
  );
  return {
    weight,
    between(audio, generated, share = 1) {
      return tf.tidy(() => {
        const targets = scales.map((scale) => scale.analyze(audio));
        const { value, tape } = Tape.record(() => {
          const distances = scales.map((scale, i) =>
            meanAbsoluteDifference(targets[i], scale.analyze(generated), share),
          );
          const sum = distances.length === 1 ? distances[0] : (tf.addN(distances) as tf.Scalar);
          return many ? tf.mul(sum, 1 / Math.LN10) : sum;
        }, [generated]);
        const [cotangent] = tape.backward(tf.scalar(weight));
        return { loss: value as tf.Scalar, cotangent };
      });
    },
    dispose() {
      for (const scale of scales) scale.dispose();
    },
  };
}

/** The mel spectrograms that the loss of a configuration compares. */
export function melLossOptions(config: HifiGanConfig): MelOptions[] {
  const features = { ...melOptions(config), fmax: config.fmax_for_loss };
  if (!config.use_multiscale_melloss) return [features];
  return MEL_SCALES.map(({ window, bands }) => ({
    ...features,
    ...{ nFft: window, winSize: window, hopSize: window / 4, numMels: bands },
  }));
}
