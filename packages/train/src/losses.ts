import * as tf from '@tensorflow/tfjs';

/** What one part of a discriminator says of a signal. */
export interface Judgement {
  /** Near 1 for real, near 0 for generated. */
  readonly score: tf.Tensor;
  /** The output of every layer, the score's included. */
  readonly features: readonly tf.Tensor[];
}

/** Of feature matching in the generator's loss (Kong et al., 2020, equation 6). */
export const FEATURE_WEIGHT = 2;

/** What one part of a discriminator says of recordings and of generated audio. */
export interface Scores {
  readonly real: tf.Tensor;
  readonly generated: tf.Tensor;
}

/**
 * Least-squares losses of a discriminator's parts, `[parts]`: mean((1 − D(y))²) + mean(D(ŷ)²) of each. What is
 * minimised is their sum.
 */
export function discriminatorLosses(parts: readonly Scores[]): tf.Tensor1D {
  return tf.tidy(() =>
    stacked(
      parts.map(({ real, generated }) =>
        tf.add(tf.mean(tf.square(tf.sub(1, real))), tf.mean(tf.square(generated))),
      ),
    ),
  );
}

/** Least-squares losses of the generator before the parts of a discriminator, `[parts]`: mean((1 − D(ŷ))²) of each. */
export function adversarialLosses(generated: readonly Judgement[]): tf.Tensor1D {
  return tf.tidy(() => stacked(generated.map(({ score }) => tf.mean(tf.square(tf.sub(1, score))))));
}

/**
 * Feature matching, `[parts]`: twice the sum of mean|f(y) − f(ŷ)| over every feature map of each part.
 *
 * @param real constants: they get no gradient
 */
export function featureLosses(
  real: readonly Judgement[],
  generated: readonly Judgement[],
): tf.Tensor1D {
  return tf.tidy(() => {
    const distances = generated.map(({ features }, part) =>
      sum(features.map((map, layer) => meanAbsoluteDifference(real[part].features[layer], map))),
    );
    return tf.mul(stacked(distances), FEATURE_WEIGHT);
  });
}

/**
 * mean|reference − x|, with its gradient to `x` alone: a sign over the count (0 where both agree). Half the
 * passes over memory that tfjs's composition of it takes, which counts: the feature maps are large.
 */
export function meanAbsoluteDifference(reference: tf.Tensor, x: tf.Tensor): tf.Scalar {
  const distance = tf.customGrad((generated, save) => {
    const difference = tf.sub(generated as tf.Tensor, reference);
    (save as tf.GradSaveFunc)([difference]);
    return {
      value: tf.mean(tf.abs(difference)),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
        tf.mul(tf.sign(saved), tf.div(dy, saved.size)),
    };
  });
  return distance(x) as tf.Scalar;
}

function stacked(scalars: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.stack([...scalars]) as tf.Tensor1D;
}

function sum(scalars: readonly tf.Tensor[]): tf.Scalar {
  return tf.addN([...scalars]) as tf.Scalar;
}
