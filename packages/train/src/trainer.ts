import { melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { Generator, MultiPeriodDiscriminator, MultiScaleDiscriminator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';
import { AdamW } from './adamw.js';
import type { Batch, Place } from './batches.js';
import { createLogMel, type LogMel } from './log-mel.js';
import { MEL_WEIGHT } from './losses.js';
import { MicroBatch } from './parts.js';
import { randomStream } from './random.js';
import {
  type Adversary,
  type GradientObserver,
  type LossName,
  type LossTensors,
  trainingStep,
} from './training-step.js';

export interface TrainerOptions {
  readonly config: HifiGanConfig;
  /** Of the first weights; default: the config's. */
  readonly seed?: number;
  /** Updates of the generator before the discriminators join; until then it learns from the mel loss alone, which is cheap. Default 0. */
  readonly adversarialStart?: number;
  /** How many clips go through the networks together; results do not depend on it, but for rounding. Default: the whole batch. */
  readonly microBatch?: MicroBatch;
}

/** Losses of one step as numbers. */
export interface StepLosses {
  /** Everything that was computed, by name. */
  readonly parts: Readonly<Partial<Record<LossName, number>>>;
  /** mean|mel(y) − mel(ŷ)|, natural log. */
  readonly mel: number;
  /** What the generator minimises: 45 mel + 2 features + adversarial. */
  readonly generator: number;
  /** What the discriminators minimise; absent while there are none. */
  readonly discriminator?: number;
}

/** A loss that is no number. The weights are spoilt: go back to a checkpoint. */
export class NonFiniteLossError extends Error {
  override readonly name = 'NonFiniteLossError';
  readonly step: number;
  readonly ids: readonly string[];

  constructor(step: number, ids: readonly string[], losses: Readonly<Record<string, number>>) {
    const text = Object.entries(losses).map(([name, value]) => `${name}=${value}`);
    super(
      `Trainer.step: the losses of step ${step} must be numbers, but are ${text.join(', ')}; its clips were ${ids.join(', ')}`,
    );
    this.step = step;
    this.ids = ids;
  }
}

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
  /** Steps done: updates of the generator. */
  steps = 0;
  /** The next place in the data. */
  place: Place = { epoch: 0, batch: 0 };
  private opponents: Adversary | undefined;
  private readonly logMel: LogMel;

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
    this.generator = Generator.initialize(config, randomStream('generator', seed));
    this.optimizer = this.adamW(this.generator.parameters);
    this.logMel = createLogMel({ ...melOptions(config), fmax: config.fmax_for_loss });
  }

  /** The discriminators, where they have joined. */
  get adversary(): Adversary | undefined {
    return this.opponents;
  }

  /** Of the present epoch: decays by a factor each. */
  get learningRate(): number {
    return this.config.learning_rate * this.config.lr_decay ** this.place.epoch;
  }

  /** Makes the discriminators, where they are not there yet: the seed decides their first weights. */
  join(): Adversary {
    if (!this.opponents) {
      const networks = new Map([
        // Upstream's optimizer has them in this order.
        ['msd', MultiScaleDiscriminator.initialize(randomStream('msd', this.seed))],
        ['mpd', MultiPeriodDiscriminator.initialize(randomStream('mpd', this.seed))],
      ] as const);
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

  /**
   * Learns from a batch and moves `place` to `next`.
   *
   * @throws NonFiniteLossError where a loss is NaN or infinite. Where memory runs out and the micro-batch may not shrink,
   *   the backend's error: `steps` and `place` are as before, but the discriminators may have learned from this batch
   *   already, so that a step that is tried again teaches them twice
   */
  async step(batch: Batch, next: Place, observe?: GradientObserver): Promise<StepLosses> {
    if (this.steps >= this.adversarialStart) this.join();
    const { generator, optimizer, opponents: adversary, logMel, microBatch } = this;
    const mel = tf.tensor3d(batch.mel, [batch.size, batch.frames, this.config.num_mels]);
    const audio = tf.tensor3d(batch.audio, [batch.size, batch.samples, 1]);
    let losses: LossTensors;
    try {
      losses = trainingStep(
        { generator, optimizer, adversary, logMel },
        { mel, audio, learningRate: this.learningRate, microBatch, observe },
      );
    } finally {
      tf.dispose([mel, audio]);
    }
    const parts = await numbers(losses);
    this.steps++;
    this.place = next;
    if (!Object.values(parts).every(Number.isFinite)) {
      throw new NonFiniteLossError(this.steps - 1, batch.ids, parts);
    }
    return summary(parts);
  }

  dispose(): void {
    this.logMel.dispose();
    this.optimizer.dispose();
    this.generator.dispose();
    this.opponents?.optimizer.dispose();
    for (const network of this.opponents?.networks.values() ?? []) network.dispose();
    this.opponents = undefined;
  }

  private adamW(parameters: ReadonlyMap<string, tf.Variable>): AdamW {
    return new AdamW(parameters, { beta1: this.config.adam_b1, beta2: this.config.adam_b2 });
  }
}

/** Reads all scalars at once, and disposes of them. */
async function numbers(losses: LossTensors): Promise<Record<LossName, number>> {
  const scalars = [...losses.values()];
  const stacked = tf.stack(scalars);
  tf.dispose(scalars);
  const values = await stacked.data();
  stacked.dispose();
  return Object.fromEntries([...losses.keys()].map((name, i) => [name, values[i]])) as Record<
    LossName,
    number
  >;
}

function summary(parts: Readonly<Record<LossName, number>>): StepLosses {
  const sumOf = (kind: string) =>
    Object.entries(parts).reduce(
      (sum, [name, value]) => sum + (name.startsWith(kind) ? value : 0),
      0,
    );
  return {
    parts,
    mel: parts.mel,
    generator: MEL_WEIGHT * parts.mel + sumOf('gen_') + sumOf('feature_'),
    ...('disc_mpd' in parts && { discriminator: sumOf('disc_') }),
  };
}
