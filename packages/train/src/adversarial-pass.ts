import type {
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  SpectralPair,
  SpectralState,
} from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import { adversarialLoss, discriminatorLoss, featureLoss } from './losses.js';
import { clipsOf, type InParts, weightedSum } from './parts.js';
import { Tape } from './tape.js';

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
 * A discriminator's loss, and its gradients in the order of the parameters; the caller's. Iterates the spectral
 * norm as often as upstream: before the recordings and before the generated audio.
 */
export function discriminatorGradients(
  network: Discriminator,
  { audio, generated, inParts }: Signals,
): { readonly loss: tf.Scalar; readonly gradients: tf.Tensor[] } {
  return tf.tidy(() => {
    const spectralNorm = iterations(network);
    const parameters = [...network.parameters.values()];
    return inParts((parts) =>
      tf.tidy(() => {
        const losses: tf.Scalar[] = [];
        let gradients: tf.Tensor[] | undefined;
        for (const part of parts) {
          const [real, fake] = [clipsOf(audio, part), clipsOf(generated, part)];
          const share = tf.scalar(part.share);
          // Filters anew for each part: with what a backend packs of them they are the largest of all, and the tape
          // frees each as soon as it can.
          const { value, tape } = Tape.record(
            () => discriminatorLoss(network.forwardPair(real, fake, { spectralNorm })),
            parameters,
          );
          losses.push(value);
          gradients = tape.backward(share, gradients);
        }
        return { loss: weightedSum(losses, parts), gradients: gradients! };
      }),
    );
  });
}

/**
 * The generator's losses before one discriminator, and the gradient of their sum with respect to the generated
 * audio, `[batch, samples, 1]`; the caller's. Iterates the spectral norm twice, as {@link discriminatorGradients}.
 */
export function adversarialCotangent(
  network: Discriminator,
  { audio, generated, inParts }: Signals,
): {
  readonly adversarial: tf.Scalar;
  readonly feature: tf.Scalar;
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
            const shares = tf.fill([2], part.share);
            const { value, tape } = Tape.record(() => {
              const judged = judge(fake, ofGenerated);
              return tf.stack([adversarialLoss(judged), featureLoss(real, judged)]);
            }, [fake]);
            // The tape holds those that it needs, each until its layer is done.
            tf.dispose({ ...filters });
            for (const { score, features } of real) tf.dispose([score, ...features]);
            const [cotangent] = tape.backward(shares);
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
    const [adversarial, feature] = tf.unstack(losses) as tf.Scalar[];
    return { adversarial, feature, cotangent };
  });
}

/** The power iterations of recordings and of generated audio in one pass; the vectors are the caller's. */
function iterations(network: Discriminator): SpectralPair {
  return [network.iterateSpectralNorm(), network.iterateSpectralNorm()];
}
