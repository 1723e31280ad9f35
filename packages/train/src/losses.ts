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

// Losses by a share: where a batch is shared by parts or ranks, its losses are the sums of theirs. The gradient of each
// value is share / count, rounded once, so that it is the same bits however the batch is shared: 3/5 over the values of
// three clips rounds otherwise than one over those of five.

/**
 * Least-squares losses of a discriminator's parts, `[parts]`: mean((1 − D(y))²) + mean(D(ŷ)²) of each. What is
 * minimised is their sum.
 *
 * @param share what part of the whole batch this is: losses and gradients are multiplied by it
 */
export function discriminatorLosses(parts: readonly Scores[], share = 1): tf.Tensor1D {
  return tf.tidy(() =>
    stacked(
      parts.map(({ real, generated }) =>
        tf.add(mean(tf.square(tf.sub(1, real)), share), mean(tf.square(generated), share)),
      ),
    ),
  );
}

/**
 * Least-squares losses of the generator before the parts of a discriminator, `[parts]`: mean((1 − D(ŷ))²) of each.
 *
 * @param share as that of {@link discriminatorLosses}
 */
export function adversarialLosses(generated: readonly Judgement[], share = 1): tf.Tensor1D {
  return tf.tidy(() =>
    stacked(generated.map(({ score }) => mean(tf.square(tf.sub(1, score)), share))),
  );
}

/**
 * Feature matching, `[parts]`: twice the sum of mean|f(y) − f(ŷ)| over every feature map of each part.
 *
 * @param real constants: they get no gradient
 * @param share as that of {@link discriminatorLosses}
 */
export function featureLosses(
  real: readonly Judgement[],
  generated: readonly Judgement[],
  share = 1,
): tf.Tensor1D {
  return tf.tidy(() => {
    const distances = generated.map(({ features }, part) =>
      sum(
        features.map((map, layer) =>
          meanAbsoluteDifference(real[part].features[layer], map, share),
        ),
      ),
    );
    return tf.mul(stacked(distances), FEATURE_WEIGHT);
  });
}

/**
 * mean|reference − x|, with its gradient to `x` alone: a sign over the count (0 where both agree). Half the
 * passes over memory that tfjs's composition of it takes, which counts: the feature maps are large.
 *
 * @param share as that of {@link discriminatorLosses}
 */
export function meanAbsoluteDifference(reference: tf.Tensor, x: tf.Tensor, share = 1): tf.Scalar {
  const distance = tf.customGrad((generated, save) => {
    const difference = tf.sub(generated as tf.Tensor, reference);
    (save as tf.GradSaveFunc)([difference]);
    return {
      value: mean(tf.abs(difference), share),
      gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) =>
        tf.mul(tf.sign(saved), tf.mul(dy, share / saved.size)),
    };
  });
  return distance(x) as tf.Scalar;
}

function mean(x: tf.Tensor, share: number): tf.Scalar {
  return tf.mul(tf.sum(x), share / x.size) as tf.Scalar;
}

function stacked(scalars: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.stack([...scalars]) as tf.Tensor1D;
}

function sum(scalars: readonly tf.Tensor[]): tf.Scalar {
  return tf.addN([...scalars]) as tf.Scalar;
}
