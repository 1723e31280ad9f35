import { type MelOptions, melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import * as tf from '@tensorflow/tfjs';
import { logarithm } from './log-mel.js';
import { meanAbsoluteDifference } from './losses.js';
import { createBinMagnitudes, createMelMagnitudes, type Magnitudes } from './magnitudes.js';
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

/**
 * What the distance of square roots weighs at each of {@link MEL_SCALES}: five over what a band of speech holds in the
 * mean for the three shortest windows, ten for the next, twenty for the others. The long windows are those that tell harmonics apart.
 */
const ROOT_WEIGHTS = [250, 150, 100, 125, 170, 110, 65] as const;

/**
 * Windows in samples through which the lowest harmonics are compared, bin by bin up to {@link LOW_HZ}, and what each
 * weighs: eight over what a bin of speech holds in the mean.
 */
const LOW_WINDOWS = [
  { window: 2048, weight: 1 },
  { window: 4096, weight: 0.7 },
] as const;

/** Three harmonics of a high voice, which an ear follows most. */
const LOW_HZ = 700;

/** What a loss compares in the magnitudes of two signals, mean|f(y) − f(ŷ)| each. */
const COMPARED = {
  logarithm,
  root: (magnitudes: tf.Tensor3D): tf.Tensor3D => tf.sqrt(tf.maximum(magnitudes, ROOT_FLOOR)),
  magnitude: (magnitudes: tf.Tensor3D): tf.Tensor3D => magnitudes,
};

/** Keeps the gradient of silence from growing without bound. */
const ROOT_FLOOR = 1e-5;

/** One look of a loss at a signal. */
export interface SpectralView {
  /** Its frames, and its bands where there are no `bins`. */
  readonly mel: MelOptions;
  /** So many of the lowest bins, in place of mel bands. */
  readonly bins?: number;
  /** Whether frames stand in the middle of their hops, as BigVGAN's do, or where the features' frames stand. */
  readonly centred: boolean;
  /** What is compared in it, and what that weighs beside the mel loss. */
  readonly distances: readonly { readonly of: keyof typeof COMPARED; readonly weight: number }[];
}

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
 *
 * With `lambda_magnitude_loss` the distance of magnitudes joins, with that weight in the generator's loss: square roots
 * over {@link MEL_SCALES}, and the spectrum to 700 Hz as it is. A logarithm takes what is quiet as seriously as what is
 * loud, and its gradient, one over the magnitude, is the larger the quieter a band is: pauses and the valleys between
 * harmonics teach the most. Roots are near the loudness that an ear perceives, which grows with the magnitude to the power of
 * some 0.46 (Zwicker and Fastl, "Psychoacoustics", section 8.1).
 */
export function createMelLoss(config: HifiGanConfig): MelLoss {
  const weight = config.lambda_melloss ?? MEL_WEIGHT;
  const views = spectralViews(config).map((view) => ({ ...view, spectrum: magnitudesOf(view) }));
  const terms = views.flatMap(({ distances }) => distances);
  const compared = (audio: tf.Tensor3D) =>
    views.flatMap(({ spectrum, distances }) => {
      const magnitudes = spectrum.analyze(audio);
      return distances.map(({ of }) => COMPARED[of](magnitudes));
    });
  return {
    weight,
    between(audio, generated, share = 1) {
      return tf.tidy(() => {
        const targets = compared(audio);
        const { value, tape } = Tape.record(() => {
          const distances = compared(generated).map((own, i) =>
            tf.mul(meanAbsoluteDifference(targets[i], own, share), terms[i].weight),
          );
          return tf.addN(distances) as tf.Scalar;
        }, [generated]);
        const [cotangent] = tape.backward(tf.scalar(weight));
        return { loss: value as tf.Scalar, cotangent };
      });
    },
    dispose() {
      for (const { spectrum } of views) spectrum.dispose();
    },
  };
}

/** Through what the loss of a configuration looks. */
export function spectralViews(config: HifiGanConfig): SpectralView[] {
  const own = { ...melOptions(config), fmax: config.fmax_for_loss };
  const roots = (config.lambda_magnitude_loss ?? 0) / (config.lambda_melloss ?? MEL_WEIGHT);
  const framed = (window: number) => ({ nFft: window, winSize: window, hopSize: window / 4 });
  const many = config.use_multiscale_melloss === true;
  const single: SpectralView = {
    ...{ mel: own, centred: false },
    distances: [{ of: 'logarithm', weight: 1 }],
  };
  const scales = MEL_SCALES.map(
    ({ window, bands }, i): SpectralView => ({
      mel: { ...own, ...framed(window), numMels: bands },
      centred: true,
      distances: [
        { of: 'logarithm' as const, weight: many ? 1 / Math.LN10 : 0 },
        { of: 'root' as const, weight: roots * ROOT_WEIGHTS[i] },
      ].filter(({ weight }) => weight > 0),
    }),
  );
  const low = LOW_WINDOWS.map(
    ({ window, weight }): SpectralView => ({
      mel: { ...own, ...framed(window) },
      bins: Math.floor((LOW_HZ * window) / own.samplingRate) + 1,
      centred: true,
      distances: [{ of: 'magnitude', weight: roots * weight }],
    }),
  );
  return [
    ...(many ? [] : [single]),
    ...(many || roots > 0 ? scales : []),
    ...(roots > 0 ? low : []),
  ];
}

function magnitudesOf({ mel, bins, centred }: SpectralView): Magnitudes {
  const padding = centred ? mel.nFft / 2 : undefined;
  return bins === undefined
    ? createMelMagnitudes(mel, padding)
    : createBinMagnitudes(mel, bins, padding);
}
