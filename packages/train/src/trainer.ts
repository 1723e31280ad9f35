import type { HifiGanConfig } from '@hifigan/config';
import { Generator, MultiPeriodDiscriminator, MultiScaleDiscriminator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import { AdamW } from './adamw.js';
import type { Discriminator } from './adversarial-pass.js';
import type { Batch, Place } from './batches.js';
import { checkOptimization, type Optimization } from './optimization.js';
import { MicroBatch } from './parts.js';
import { randomStream } from './random.js';
import { createSpectralLoss, type SpectralLoss } from './spectral-loss.js';
import { type LossSum, readStep, type StepLosses } from './step-losses.js';
import type { Pause } from './tape.js';
import {
  type Adversary,
  type DiscriminatorName,
  type StepTensors,
  trainingStep,
} from './training-step.js';
import type { GradientObserver, GradientReady, GradientReducer } from './update.js';
import { WeightAverage } from './weight-average.js';

export interface TrainerOptions {
  readonly config: HifiGanConfig;
  /** Of the first weights; default: the config's. */
  readonly seed?: number;
  /**
   * Updates of the generator before the discriminators join; until then it learns from the spectral losses alone, which is
   * cheap. Default 0.
   */
  readonly adversarialStart?: number;
  /**
   * How many clips go through the networks together; results do not depend on it, but for rounding. Default: the
   * whole batch.
   */
  readonly microBatch?: MicroBatch;
  /** Clipping, averaged weights, the discriminators' learning rate. Default: none, none, the generator's. */
  readonly optimization?: Optimization;
  /** Sums gradients over the processes that train together; default: this one trains alone. */
  readonly reduce?: GradientReducer;
  /** May begin to sum gradients early. */
  readonly ready?: GradientReady;
  /** Sums losses over those processes. */
  readonly sumLosses?: LossSum;
}

/** What is wanted of a step beside its losses. */
export interface StepOptions {
  readonly observe?: GradientObserver;
  /** Gradient norms, and the losses of each period and scale. */
  readonly detail?: boolean;
  /** Called within the step, see `StepInput`. */
  readonly pause?: Pause;
}

/** A loss or a gradient that is no number. The weights are spoilt: go back to a checkpoint. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';
  readonly step: number;
  readonly ids: readonly string[];
  /** By name; norms and sums of gradients among them. */
  readonly losses: Readonly<Record<string, number>>;

  /** @param whose `of rank 1`, where several processes train together */
  constructor(
    step: number,
    ids: readonly string[],
    losses: Readonly<Record<string, number>>,
    whose?: string,
  ) {
    const text = Object.entries(losses).map(([name, value]) => `${name}=${value}`);
    super(
      `Trainer.step: losses and gradients of step ${step} must be numbers, but are ${text.join(', ')}; its clips${whose ? ` ${whose}` : ''} were ${ids.join(', ')}`,
    );
    this.step = step;
    this.ids = ids;
    this.losses = losses;
  }

  /** Whether gradients are among them: those are summed over all processes, so that all meet the error together. */
  get ofGradients(): boolean {
    return Object.keys(this.losses).some((name) => /^gradients?_/.test(name));
  }
}

/** What the names of sums of gradients begin with. */
const OF_GRADIENTS = 'gradients_';

/**
 * A training in progress: networks, optimizers, and how far it is. Owns its variables until `dispose`.
 */
export class Trainer {
  readonly config: HifiGanConfig;
  readonly seed: number;
  readonly adversarialStart: number;
  readonly generator: Generator;
  readonly optimizer: AdamW;
  readonly microBatch: MicroBatch;
  readonly optimization: Optimization;
  /** Steps done: updates of the generator. */
  steps = 0;
  /** The next place in the data. */
  place: Place = { epoch: 0, batch: 0 };
  private opponents: Adversary | undefined;
  private averaged: WeightAverage | undefined;
  private readonly spectralLoss: SpectralLoss;
  private readonly reduce: GradientReducer | undefined;
  private readonly ready: GradientReady | undefined;
  private readonly sumLosses: LossSum | undefined;

  constructor(options: TrainerOptions) {
    const {
      config,
      seed = config.seed,
      adversarialStart = 0,
      microBatch = new MicroBatch(),
    } = options;
    this.config = config;
    this.seed = seed;
    this.adversarialStart = adversarialStart;
    this.microBatch = microBatch;
    this.optimization = checkOptimization(options.optimization ?? {});
    this.reduce = options.reduce;
    this.ready = options.ready;
    this.sumLosses = options.sumLosses;
    this.generator = Generator.initialize(config, randomStream('generator', seed));
    this.optimizer = this.adamW(this.generator.parameters);
    this.spectralLoss = createSpectralLoss(config);
  }

  /** The discriminators, where there are any. They learn and count from step `adversarialStart` on. */
  get adversary(): Adversary | undefined {
    return this.opponents;
  }

  /** The averaged weights, where they are kept and a step was done. */
  get average(): WeightAverage | undefined {
    return this.averaged;
  }

  /** What is worth listening to and measuring: the averaged generator where there is one. */
  get evaluated(): Generator {
    return this.averaged?.generator ?? this.generator;
  }

  /** Of the present epoch: decays by a factor each. */
  get learningRate(): number {
    return this.config.learning_rate * this.config.lr_decay ** this.place.epoch;
  }

  /** The same for the discriminators. */
  get discriminatorLearningRate(): number {
    const { learning_rate, lr_decay } = this.config;
    const { discriminatorLearningRate = learning_rate } = this.optimization;
    return discriminatorLearningRate * lr_decay ** this.place.epoch;
  }

  /** Makes the discriminators, where they are not there yet: the seed decides their first weights. */
  join(): Adversary {
    if (!this.opponents) {
      const options = { channelMultiplier: this.config.discriminator_channel_mult };
      const networks = new Map<DiscriminatorName, Discriminator>([
        // Upstream's optimizer has them in this order.
        ['msd', MultiScaleDiscriminator.initialize(randomStream('msd', this.seed), options)],
        ['mpd', MultiPeriodDiscriminator.initialize(randomStream('mpd', this.seed), options)],
      ]);
      const parameters = new Map<string, tf.Variable>();
      for (const [name, network] of networks) {
        for (const [key, variable] of network.parameters) {
          parameters.set(`${name}.${key}`, variable);
        }
      }
      this.opponents = { networks, optimizer: this.adamW(parameters) };
    }
    return this.opponents;
  }

  /** Goes on with an average after so many updates, whose weights are to be loaded; where averages are kept at all. */
  resumeAverage(updates: number): WeightAverage | undefined {
    const { emaDecay } = this.optimization;
    if (emaDecay && updates > 0) {
      this.averaged?.dispose();
      this.averaged = new WeightAverage(this.generator, emaDecay, updates);
    }
    return this.averaged;
  }

  /**
   * Learns from a batch and moves `place` to `next`.
   *
   * @throws NonFiniteLossError where a loss, a gradient or a gradient norm is NaN or infinite; the weights have
   *   learned from it. Where memory runs out and the micro-batch may not shrink, the backend's error: `steps` and
   *   `place` are as before, but the discriminators may have learned from this batch already, so that a step that is
   *   tried again teaches them twice
   */
  async step(
    batch: Batch,
    next: Place,
    { observe, detail = false, pause }: StepOptions = {},
  ): Promise<StepLosses> {
    const { generator, optimizer, spectralLoss } = this;
    const adversary = this.steps >= this.adversarialStart ? this.join() : undefined;
    const { clipNorm, emaDecay } = this.optimization;
    if (emaDecay) this.averaged ??= new WeightAverage(generator, emaDecay);
    const mel = tf.tensor3d(batch.mel, [batch.size, batch.frames, this.config.num_mels]);
    const audio = tf.tensor3d(batch.audio, [batch.size, batch.samples, 1]);
    let found: StepTensors;
    try {
      found = await trainingStep(
        { generator, optimizer, adversary, spectralLoss },
        {
          mel,
          audio,
          learningRate: this.learningRate,
          discriminatorLearningRate: this.discriminatorLearningRate,
          share: batch.share,
          microBatch: this.microBatch,
          reduce: this.reduce,
          ready: this.ready,
          observe,
          measureNorm: detail,
          pause,
          ...(clipNorm && { clipNorm }),
        },
      );
    } finally {
      tf.dispose([mel, audio]);
    }
    this.averaged?.update();
    const { losses, gradientSums } = await readStep(found, {
      weights: spectralLoss.weights,
      detail,
      sum: this.sumLosses,
    });
    this.steps++;
    this.place = next;
    const spoilt = [...gradientSums].filter(([, sum]) => !Number.isFinite(sum));
    const numbers = {
      ...losses.parts,
      ...normsByName(losses),
      ...Object.fromEntries(spoilt.map(([of, sum]) => [OF_GRADIENTS + of, sum])),
    };
    if (!Object.values(numbers).every(Number.isFinite)) {
      throw new NonFiniteLossError(this.steps - 1, batch.ids, numbers);
    }
    return losses;
  }

  dispose(): void {
    this.spectralLoss.dispose();
    this.optimizer.dispose();
    this.averaged?.dispose();
    this.averaged = undefined;
    this.generator.dispose();
    this.opponents?.optimizer.dispose();
    for (const network of this.opponents?.networks.values() ?? []) network.dispose();
    this.opponents = undefined;
  }

  private adamW(parameters: ReadonlyMap<string, tf.Variable>): AdamW {
    return new AdamW(parameters, { beta1: this.config.adam_b1, beta2: this.config.adam_b2 });
  }
}

/** As they stand beside losses in a message. */
function normsByName({ gradientNorms }: StepLosses): Record<string, number> {
  const norms = Object.entries(gradientNorms ?? {});
  return Object.fromEntries(norms.map(([of, norm]) => [`gradient_norm_${of}`, norm]));
}
