import type {
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  SpectralPair,
} from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import { learnInParts } from './learn-in-parts.js';
import { adversarialLosses, discriminatorLosses, featureLosses } from './losses.js';
import { clipsOf, type InParts, type Part } from './parts.js';
import { type BackwardOptions, type Pause, Tape } from './tape.js';
import type { GradientReady } from './update.js';

export type Discriminator = MultiPeriodDiscriminator | MultiScaleDiscriminator;

/** What discriminators look at, and how a batch of it is worked through. */
export interface Signals {
  /** `[batch, samples, 1]` */
  readonly audio: tf.Tensor3D;
  /** The same shape; no gradients flow from here. */
  readonly generated: tf.Tensor3D;
  readonly inParts: InParts;
  readonly pause: Pause;
}

/**
 * The losses of a discriminator's parts, and the gradients of their sum in the order of the parameters; the caller's.
 * Iterates the spectral norm as often as upstream: before the recordings and before the generated audio.
 */
export async function discriminatorGradients(
  network: Discriminator,
  { audio, generated, inParts, pause }: Signals,
  ready?: GradientReady,
): Promise<{ readonly losses: tf.Tensor1D; readonly gradients: tf.Tensor[] }> {
  const parameters = [...network.parameters.values()];
  return withIterations(network, (spectralNorm) =>
    inParts(async (parts) => {
      const { loss, gradients } = await learnInParts(
        parts,
        { pause, ready },
        async (part, options) => {
          const [real, fake] = [clipsOf(audio, part), clipsOf(generated, part)];
          // Filters anew for each part: with what a backend packs of them they are the largest of all, and the tape
          // frees each as soon as it can.
          const { value, tape } = disposing([real, fake], () =>
            Tape.record(
              () =>
                discriminatorLosses(network.forwardPair(real, fake, { spectralNorm }), part.share),
              parameters,
            ),
          );
          return { loss: value, gradients: () => backwardOf(tape, value, options) };
        },
      );
      return { losses: loss, gradients };
    }),
  );
}

/**
 * The generator's losses before each part of one discriminator, and the gradient of the sum of them all with respect
 * to the generated audio, `[batch, samples, 1]`; the caller's. Iterates the spectral norm twice, as {@link
 * discriminatorGradients}.
 */
export async function adversarialCotangent(
  network: Discriminator,
  signals: Signals,
): Promise<{
  readonly adversarial: tf.Tensor1D;
  readonly feature: tf.Tensor1D;
  readonly cotangent: tf.Tensor;
}> {
  const { inParts, pause } = signals;
  return withIterations(network, (spectralNorm) =>
    inParts(async (parts) => {
      const losses: tf.Tensor2D[] = [];
      const cotangents: tf.Tensor[] = [];
      try {
        for (const part of parts) {
          await pause();
          const { value, tape } = recordJudgement(network, signals, part, spectralNorm);
          losses.push(value);
          cotangents.push(...(await backwardOf(tape, value, { pause })));
        }
        return tf.tidy(() => {
          const [adversarial, feature] = tf.unstack(tf.addN(losses)) as tf.Tensor1D[];
          return { adversarial, feature, cotangent: tf.concat(cotangents) };
        });
      } finally {
        tf.dispose([losses, cotangents]);
      }
    }),
  );
}

/** Both losses of the generator before a discriminator, `[2, parts of it]` and by the part's share, and the tape to the generated audio. */
function recordJudgement(
  network: Discriminator,
  { audio, generated }: Signals,
  part: Part,
  [ofAudio, ofGenerated]: SpectralPair,
): { readonly value: tf.Tensor2D; readonly tape: Tape } {
  const fake = clipsOf(generated, part);
  // Weights are constants here, so both passes may share the filters that come of them. The tape holds what it needs of
  // all this, each until its layer is done.
  const filters = tf.tidy(() => ({ ...network.filters() }));
  return disposing([fake, filters], () => {
    const real = tf.tidy(() => {
      const judged = network.forward(clipsOf(audio, part), { filters, spectralNorm: ofAudio });
      return judged.map(({ score, features }) => ({ score, features: [...features] }));
    });
    return disposing(real, () =>
      Tape.record(() => {
        const judged = network.forward(fake, { filters, spectralNorm: ofGenerated });
        return tf.stack([
          adversarialLosses(judged, part.share),
          featureLosses(real, judged, part.share),
        ]) as tf.Tensor2D;
      }, [fake]),
    );
  });
}

/** Does work with tensors and disposes of them, however it ends. */
function disposing<T>(tensors: tf.TensorContainer, work: () => T): T {
  try {
    return work();
  } finally {
    tf.dispose(tensors);
  }
}

/** The way back from losses whose sum is minimised. */
async function backwardOf(
  tape: Tape,
  { shape }: tf.Tensor,
  { pause, ...options }: BackwardOptions & { readonly pause: Pause },
): Promise<tf.Tensor[]> {
  const cotangent = tf.fill(shape, 1);
  try {
    return await tape.backwardWithPauses(cotangent, pause, options);
  } finally {
    cotangent.dispose();
  }
}

/** The power iterations of recordings and of generated audio in one pass, as long as the work takes. */
async function withIterations<T>(
  network: Discriminator,
  work: (iterations: SpectralPair) => Promise<T>,
): Promise<T> {
  const iterate = () => tf.tidy(() => ({ ...network.iterateSpectralNorm() }));
  const iterations: SpectralPair = [iterate(), iterate()];
  try {
    return await work(iterations);
  } finally {
    tf.dispose([...iterations]);
  }
}
