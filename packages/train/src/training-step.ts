import type { Generator, MultiPeriodDiscriminator, MultiScaleDiscriminator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import type { AdamW } from './adamw.js';
import type { LogMel } from './log-mel.js';
import {
  adversarialLoss,
  discriminatorLoss,
  featureLoss,
  MEL_WEIGHT,
  meanAbsoluteDifference,
} from './losses.js';
import { Tape, valueAndGradients } from './tape.js';

export type DiscriminatorName = 'mpd' | 'msd';

/** The discriminators and their one optimizer, over `mpd.…` and `msd.…`. */
export interface Adversary {
  readonly networks: ReadonlyMap<
    DiscriminatorName,
    MultiPeriodDiscriminator | MultiScaleDiscriminator
  >;
  readonly optimizer: AdamW;
}

/** What a step trains. */
export interface Training {
  readonly generator: Generator;
  readonly optimizer: AdamW;
  /** Absent while the generator learns from the mel loss alone. */
  readonly adversary?: Adversary;
  /** Of the mel loss (fmax_for_loss). */
  readonly logMel: LogMel;
}

/**
 * Losses of a step: `mel` is mean|mel(y) − mel(ŷ)|, without its weight; `disc_*` a discriminator's own,
 * `gen_*` the generator's against it, `feature_*` that of feature matching, weight included.
 */
export type LossName = 'mel' | `${'disc' | 'gen' | 'feature'}_${DiscriminatorName}`;

/** Scalars, the caller's. */
export type LossTensors = Map<LossName, tf.Scalar>;

/** May look at gradients, in the order of the optimizer's parameters, before they are applied; they stay the step's. */
export type GradientObserver = (
  of: 'generator' | 'discriminators',
  gradients: readonly tf.Tensor[],
) => void;

/** What a step learns from. */
export interface StepInput {
  /** `[batch, frames, mels]` */
  readonly mel: tf.Tensor3D;
  /** `[batch, samples, 1]` */
  readonly audio: tf.Tensor3D;
  readonly learningRate: number;
  readonly observe?: GradientObserver;
}

/**
 * One training step (Kong et al., 2020): ŷ = G(mel); the discriminators learn to tell ŷ from the audio; then
 * the generator learns from the discriminators so changed.
 *
 * The generator runs forward once. Its tape waits while the discriminators take their step on ŷ; then the
 * loss's gradient with respect to ŷ comes back through each discriminator (without gradients of its weights,
 * and freeing one before the next begins) and goes on through the generator.
 */
export function trainingStep(training: Training, input: StepInput): LossTensors {
  const { generator, optimizer, adversary } = training;
  const { mel, audio, learningRate, observe } = input;
  const losses: LossTensors = new Map();
  const parameters = [...generator.parameters.values()];
  const { value: generated, tape } = Tape.record(() => generator.forward(mel), parameters);
  try {
    if (adversary) discriminatorStep(adversary, generated, input, losses);
    const cotangents = [melCotangent(training.logMel, audio, generated, losses)];
    for (const [name, network] of adversary?.networks ?? []) {
      cotangents.push(adversarialCotangent(name, network, audio, generated, losses));
    }
    const cotangent = tf.addN(cotangents);
    tf.dispose(cotangents);
    const gradients = tape.backward(cotangent);
    cotangent.dispose();
    observe?.('generator', gradients);
    optimizer.apply(gradients, learningRate);
    tf.dispose(gradients);
    return losses;
  } finally {
    tape.dispose();
    generated.dispose();
  }
}

function discriminatorStep(
  { networks, optimizer }: Adversary,
  generated: tf.Tensor3D,
  { audio, learningRate, observe }: StepInput,
  losses: LossTensors,
): void {
  const gradients: tf.Tensor[] = [];
  for (const [name, network] of networks) {
    const found = valueAndGradients(
      () => discriminatorLoss(network.forwardPair(audio, generated, { spectralNorm: 'iterate' })),
      [...network.parameters.values()],
    );
    losses.set(`disc_${name}`, found.value);
    gradients.push(...found.gradients);
  }
  observe?.('discriminators', gradients);
  optimizer.apply(gradients, learningRate);
  tf.dispose(gradients);
}

/** The mel loss, and the gradient of its 45-fold with respect to ŷ. */
function melCotangent(
  logMel: LogMel,
  audio: tf.Tensor3D,
  generated: tf.Tensor3D,
  losses: LossTensors,
): tf.Tensor {
  const target = logMel.analyze(audio);
  const { value, tape } = Tape.record(
    () => meanAbsoluteDifference(target, logMel.analyze(generated)),
    [generated],
  );
  losses.set('mel', value);
  target.dispose();
  const weight = tf.scalar(MEL_WEIGHT);
  const [cotangent] = tape.backward(weight);
  weight.dispose();
  return cotangent;
}

/** The generator's losses before one discriminator, and the gradient of their sum with respect to ŷ. */
function adversarialCotangent(
  name: DiscriminatorName,
  network: MultiPeriodDiscriminator | MultiScaleDiscriminator,
  audio: tf.Tensor3D,
  generated: tf.Tensor3D,
  losses: LossTensors,
): tf.Tensor {
  // Weights are constants here, so both passes may share the filters that come of them.
  const filters = network.filters();
  const judge = (signal: tf.Tensor3D) =>
    network.forward(signal, { filters, spectralNorm: 'iterate' });
  const real = judge(audio);
  const { value, gradients } = valueAndGradients(() => {
    const judged = judge(generated);
    const gen = tf.keep(adversarialLoss(judged));
    const feature = tf.keep(featureLoss(real, judged));
    losses.set(`gen_${name}`, gen);
    losses.set(`feature_${name}`, feature);
    return tf.add(gen, feature);
  }, [generated]);
  value.dispose();
  for (const judged of real) tf.dispose([judged.score, ...judged.features]);
  tf.dispose({ ...filters });
  return gradients[0];
}
