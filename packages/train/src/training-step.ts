import type {
  Generator,
  MultiPeriodDiscriminator,
  MultiScaleDiscriminator,
  Network,
} from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import type { AdamW } from './adamw.js';
import { adversarialCotangent, discriminatorGradients } from './adversarial-pass.js';
import { GeneratorPass, type LossOf } from './generator-pass.js';
import { clipsOf, type InParts, MicroBatch, partsOfWhole } from './parts.js';
import type { SpectralLoss } from './spectral-loss.js';
import type { SpectralLossName } from './spectral-views.js';
import type { Pause } from './tape.js';
import { type GradientOptions, type GradientReady, type UpdateOf, update } from './update.js';

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
  /** Absent while the generator learns from the spectral losses alone. */
  readonly adversary?: Adversary;
  readonly spectralLoss: SpectralLoss;
}

/**
 * Losses of a step: `mel` and `magnitude` are those of {@link SpectralLoss}, without their weights; `disc_*` a
 * discriminator's own, `gen_*` the generator's against it, `feature_*` that of feature matching, weight included.
 */
export type LossName = SpectralLossName | `${'disc' | 'gen' | 'feature'}_${DiscriminatorName}`;

/** Losses in the parts that add up to each: those of a discriminator's periods or scales; of `mel` and `magnitude`, one alone. */
export type LossTensors = Map<LossName, tf.Tensor1D>;

/** What a step found; tensors that are the caller's. */
export interface StepTensors {
  readonly losses: LossTensors;
  /** Global norms of gradients, where they were asked for or needed. */
  readonly norms: ReadonlyMap<UpdateOf, tf.Scalar>;
  /** Sums of all gradients: NaN or infinite where one of them is. */
  readonly sums: ReadonlyMap<UpdateOf, tf.Scalar>;
}

/** What a step learns from. */
export interface StepInput extends GradientOptions {
  /** `[batch, frames, mels]` */
  readonly mel: tf.Tensor3D;
  /** `[batch, samples, 1]` */
  readonly audio: tf.Tensor3D;
  readonly learningRate: number;
  /** What part of the whole batch this is: losses and gradients are the part's of those of the whole. Default 1. */
  readonly share?: number;
  /** Of the discriminators; default: `learningRate`. */
  readonly discriminatorLearningRate?: number;
  /** How many clips go through the networks together; default: all. */
  readonly microBatch?: MicroBatch;
  /**
   * Called between passes, and on the way back after each operation, so that others have their turn (Ctrl-C) in steps
   * that take long; default: none. What it throws ends the step, as memory that runs out does.
   */
  readonly pause?: Pause;
}

/**
 * One training step (Kong et al., 2020): ŷ = G(mel); the discriminators learn to tell ŷ from the audio; then
 * the generator learns from the discriminators so changed.
 *
 * The batch may go through the networks in parts, with the same result but for rounding: there is no batch norm,
 * every loss is a mean over clips, spectral norm is iterated for the batch and not for its parts, and each
 * optimizer takes its one step on gradients summed over all parts, in {@link update}. The loss's gradient with
 * respect to ŷ, which is as small as audio, comes back through one discriminator after the other (without gradients
 * of its weights), and goes on through the generator at last: at any time the activations of one part in one network
 * are there, but for the generator's tape, which waits where the batch is whole.
 *
 * Where memory runs out and the micro-batch adapts, only the pass that failed runs anew.
 *
 * Pauses are between operations, where no tidy is open: what others compute meanwhile stays theirs. They must not
 * change the weights.
 *
 * @throws where memory runs out. Weights, moments and spectral vectors are as before then, but for those of the
 *   discriminators where their update was done
 */
export async function trainingStep(training: Training, input: StepInput): Promise<StepTensors> {
  const { generator, optimizer, adversary } = training;
  const { mel, audio, share = 1, microBatch = new MicroBatch(), pause = NO_PAUSE } = input;
  const losses: LossTensors = new Map();
  const norms = new Map<UpdateOf, tf.Scalar>();
  const sums = new Map<UpdateOf, tf.Scalar>();
  const apply: Apply = (of, gradients) => {
    const [whose, learningRate] =
      of === 'generator'
        ? [optimizer, input.learningRate]
        : [adversary!.optimizer, input.discriminatorLearningRate ?? input.learningRate];
    const { norm, sum } = update(whose, gradients, { ...input, of, learningRate });
    // They outlive the tidy around it.
    if (norm) norms.set(of, tf.keep(norm));
    sums.set(of, tf.keep(sum));
  };
  const ready = microBatch.adapts ? undefined : input.ready;
  optimizer.makeMoments();
  adversary?.optimizer.makeMoments();
  const pass = new GeneratorPass(generator, mel);
  const inParts: InParts = (work) =>
    microBatch.run(
      mel.shape[0],
      (parts) => work(partsOfWhole(parts, share)),
      () => pass.forget(),
    );
  let cotangent: tf.Tensor3D | undefined;
  try {
    if (adversary) {
      const half = { adversary, pass, audio, inParts, losses, ready, apply, pause };
      cotangent = await adversarialHalf(half);
    }
    const lossOf: LossOf = (generated, part) =>
      tf.tidy(() => {
        const found = training.spectralLoss.between(clipsOf(audio, part), generated, part.share);
        const own = { loss: found.losses, cotangent: found.cotangent };
        if (!cotangent) return own;
        return { ...own, cotangent: tf.add(own.cotangent, clipsOf(cotangent, part)) };
      });
    const { loss, gradients } = await pass.learn(inParts, lossOf, { pause, ready });
    [...training.spectralLoss.weights.keys()].forEach((name, i) => {
      losses.set(name, tf.slice(loss, i, 1));
    });
    loss.dispose();
    tf.tidy(() => apply('generator', gradients));
    return { losses, norms, sums };
  } catch (error) {
    tf.dispose([...losses.values(), ...norms.values(), ...sums.values()]);
    throw error;
  } finally {
    pass.forget();
    cotangent?.dispose();
  }
}

const NO_PAUSE: Pause = async () => undefined;

/** Turns gradients, which are used up, into an update. */
type Apply = (of: UpdateOf, gradients: readonly tf.Tensor[]) => void;

/** The discriminators' step; then the gradient of the generator's losses before them with respect to ŷ. */
async function adversarialHalf({
  adversary: { networks },
  pass,
  audio,
  inParts,
  losses,
  ready,
  apply,
  pause,
}: {
  readonly adversary: Adversary;
  readonly pass: GeneratorPass;
  readonly audio: tf.Tensor3D;
  readonly inParts: InParts;
  readonly losses: LossTensors;
  readonly ready?: GradientReady;
  readonly apply: Apply;
  readonly pause: Pause;
}): Promise<tf.Tensor3D> {
  const generated = await pass.audio(inParts, pause);
  const signals = { audio, generated, inParts, pause };
  const gradients: tf.Tensor[] = [];
  const cotangents: tf.Tensor[] = [];
  try {
    await withoutTrace(networks.values(), async () => {
      for (const [name, network] of networks) {
        const found = await discriminatorGradients(network, signals, ready);
        losses.set(`disc_${name}`, found.losses);
        gradients.push(...found.gradients);
      }
    });
    tf.tidy(() => apply('discriminators', gradients));
    for (const [name, network] of networks) {
      const found = await adversarialCotangent(network, signals);
      losses.set(`gen_${name}`, found.adversarial);
      losses.set(`feature_${name}`, found.feature);
      cotangents.push(found.cotangent);
    }
    return tf.addN(cotangents) as tf.Tensor3D;
  } finally {
    tf.dispose([generated, gradients, cotangents]);
  }
}

/** Does work that iterates spectral norms; where it throws, their vectors are as they were. */
async function withoutTrace(networks: Iterable<Network>, work: () => Promise<void>): Promise<void> {
  const before = [...networks].flatMap(({ state }) =>
    [...state.buffers.values()].map((buffer) => ({ buffer, values: tf.clone(buffer) })),
  );
  try {
    await work();
  } catch (error) {
    for (const { buffer, values } of before) buffer.assign(values);
    throw error;
  } finally {
    tf.dispose(before.map(({ values }) => values));
  }
}
