import type {
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  SpectralPair,
  SpectralState,
} from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import { adversarialLosses, discriminatorLosses, featureLosses } from './losses.js';
import { clipsOf, type InParts, weightedSum } from './parts.js';
import { Tape } from './tape.js';
import type { GradientReady } from './update.js';

export type Discriminator = MultiPeriodDiscriminator | MultiScaleDiscriminator;

/** What discriminators look at, and how a batch of it is worked through. */
export interface Signals {
  /** `[batch, samples, 1]` */
  readonly audio: tf.Tensor3D;
  /** The same shape; no gradients flow from here. */
  readonly generated: tf.Tensor3D;
  readonly inParts: InParts;
}

/**
 * The losses of a discriminator's parts, and the gradients of their sum in the order of the parameters; the caller's. Iterates the spectral
 * norm as often as upstream: before the recordings and before the generated audio.
 */
export function discriminatorGradients(
  network: Discriminator,
  { audio, generated, inParts }: Signals,
  ready?: GradientReady,
): { readonly losses: tf.Tensor1D; readonly gradients: tf.Tensor[] } {
  return tf.tidy(() => {
    const spectralNorm = iterations(network);
    const parameters = [...network.parameters.values()];
    return inParts((parts) =>
      tf.tidy(() => {
        const losses: tf.Tensor1D[] = [];
        let gradients: tf.Tensor[] | undefined;
        for (const [index, part] of parts.entries()) {
          const last = index === parts.length - 1;
          const [real, fake] = [clipsOf(audio, part), clipsOf(generated, part)];
          // Filters anew for each part: with what a backend packs of them they are the largest of all, and the tape
          // frees each as soon as it can.
          const { value, tape } = Tape.record(
            () => discriminatorLosses(network.forwardPair(real, fake, { spectralNorm })),
            parameters,
          );
          losses.push(value);
          gradients = tape.backward(
            tf.fill(value.shape, part.share),
            gradients,
            last ? ready : undefined,
          );
        }
        return { losses: weightedSum(losses, parts), gradients: gradients! };
      }),
    );
  });
}

/**
 * The generator's losses before each part of one discriminator, and the gradient of the sum of them all with respect to the generated
 * audio, `[batch, samples, 1]`; the caller's. Iterates the spectral norm twice, as {@link discriminatorGradients}.
 */
export function adversarialCotangent(
  network: Discriminator,
  { audio, generated, inParts }: Signals,
): {
  readonly adversarial: tf.Tensor1D;
  readonly feature: tf.Tensor1D;
  readonly cotangent: tf.Tensor;
} {
  return tf.tidy(() => {
    const [ofAudio, ofGenerated] = iterations(network);
    const { losses, cotangent } = inParts((parts) =>
      tf.tidy(() => {
        const found = parts.map((part) =>
          tf.tidy(() => {
            // Weights are constants here, so both passes may share the filters that come of them.
            const filters = network.filters();
            const judge = (signal: tf.Tensor3D, spectralNorm: SpectralState) =>
              network.forward(signal, { filters, spectralNorm });
            const real = judge(clipsOf(audio, part), ofAudio);
            const fake = clipsOf(generated, part);
            const { value, tape } = Tape.record(() => {
              const judged = judge(fake, ofGenerated);
              return tf.stack([adversarialLosses(judged), featureLosses(real, judged)]);
            }, [fake]);
            // The tape holds those that it needs, each until its layer is done.
            tf.dispose({ ...filters });
            for (const { score, features } of real) tf.dispose([score, ...features]);
            const [cotangent] = tape.backward(tf.fill(value.shape, part.share));
            return { losses: value, cotangent };
          }),
        );
        const losses = weightedSum(
          found.map(({ losses }) => losses),
          parts,
        );
        return { losses, cotangent: tf.concat(found.map(({ cotangent }) => cotangent)) };
      }),
    );
    const [adversarial, feature] = tf.unstack(losses) as tf.Tensor1D[];
    return { adversarial, feature, cotangent };
  });
}

/** The power iterations of recordings and of generated audio in one pass; the vectors are the caller's. */
function iterations(network: Discriminator): SpectralPair {
  return [network.iterateSpectralNorm(), network.iterateSpectralNorm()];
}
