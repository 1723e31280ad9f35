import { reflectPad1d } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { defaultInitializer } from './initialization.js';
import { type Filters, NetworkState, type SpectralState } from './network-state.js';
import {
  channelMultiplierOf,
  checkAudio,
  type DiscriminatorLayer,
  type DiscriminatorOptions,
  type DiscriminatorOutput,
  runSubDiscriminator,
  type ScorePair,
  type SubDiscriminator,
  splitScore,
  subDiscriminatorLayers,
} from './sub-discriminator.js';

/** Prime, so that no two see the same samples together. */
export const PERIODS = [2, 3, 5, 7, 11] as const;

const CHANNELS = [32, 128, 512, 1024, 1024];

/** Its parts, one a period, with so many times the reference's channels. */
export function multiPeriodParts(channelMultiplier = 1): SubDiscriminator[] {
  const channels = [1, ...CHANNELS.map((count) => count * channelMultiplier)];
  const layers: readonly DiscriminatorLayer[] = [
    ...channels.slice(1).map((outChannels, i) => ({
      inChannels: channels[i],
      outChannels,
      kernelSize: 5,
      stride: i === channels.length - 2 ? 1 : 3,
      groups: 1,
      padding: 2,
    })),
    {
      ...{ inChannels: channels[channels.length - 1], outChannels: 1 },
      ...{ kernelSize: 3, stride: 1, groups: 1, padding: 1 },
    },
  ];
  return PERIODS.map((_, i) => ({ name: `discriminators.${i}`, layers }));
}

export interface MultiPeriodForwardOptions {
  /** What {@link MultiPeriodDiscriminator.filters} gave; computed anew where absent. */
  readonly filters?: Filters;
}

/**
 * HiFi-GAN's multi-period discriminator: looks at every p-th sample, for five periods p.
 *
 * Upstream folds audio into images `[batch, 1, samples / p, p]` and convolves along the first axis only, so
 * that its columns never meet. Here each column is a signal of its own, `[batch * p, samples / p, 1]` with
 * the columns of an item side by side; feature maps have this layout, scores `[batch, p * rest]`.
 */
export class MultiPeriodDiscriminator {
  /** Internal: the network's variables and layers. */
  readonly state: NetworkState;

  private readonly parts: readonly SubDiscriminator[];

  private constructor(random: () => number, options: DiscriminatorOptions = {}) {
    this.parts = multiPeriodParts(channelMultiplierOf(options));
    this.state = new NetworkState(
      this.parts.flatMap((discriminator) =>
        subDiscriminatorLayers(discriminator, { norm: 'weight', upstreamRank: 4 }),
      ),
      defaultInitializer(random),
    );
  }

  /**
   * Fresh weights, as PyTorch would draw them.
   * @param random uniform in [0, 1); the same numbers give the same weights
   * @throws RangeError where the channels would not be whole
   */
  static initialize(
    random: () => number,
    options?: DiscriminatorOptions,
  ): MultiPeriodDiscriminator {
    return new MultiPeriodDiscriminator(random, options);
  }

  /** The trained variables by upstream's names, in upstream's order. */
  get parameters(): ReadonlyMap<string, tf.Variable> {
    return this.state.parameters;
  }

  /** None; the other discriminator has some. */
  get buffers(): ReadonlyMap<string, tf.Variable> {
    return this.state.buffers;
  }

  /** The filters with their weight norm applied, to be shared between forward passes; the caller's. */
  filters(): Filters {
    return this.state.filters();
  }

  /** Nothing; the other discriminator has spectral norm. */
  iterateSpectralNorm(): SpectralState {
    return {};
  }

  /**
   * One output a period, in the order of {@link PERIODS}.
   * @param audio `[batch, samples, 1]`, at least 11 samples
   */
  forward(audio: tf.Tensor3D, options: MultiPeriodForwardOptions = {}): DiscriminatorOutput[] {
    checkAudio('MultiPeriodDiscriminator.forward', audio, Math.max(...PERIODS));
    return tf.tidy(() => {
      const filters = options.filters ?? this.filters();
      const { state } = this;
      const [batch] = audio.shape;
      return this.parts.map((discriminator, i) =>
        runSubDiscriminator(discriminator, {
          x: columns(audio, PERIODS[i]),
          batch,
          state,
          filters,
        }),
      );
    });
  }

  /**
   * Scores of recordings and of generated audio, in one batch: the same numbers as in two, and faster. For
   * the discriminators' half of a training step, which needs no feature maps.
   * @param real `[batch, samples, 1]`
   * @param generated the same shape
   */
  forwardPair(
    real: tf.Tensor3D,
    generated: tf.Tensor3D,
    options: MultiPeriodForwardOptions = {},
  ): ScorePair[] {
    return tf.tidy(() =>
      this.forward(tf.concat([real, generated], 0), options).map(({ score }) => splitScore(score)),
    );
  }

  /** Frees the variables. */
  dispose(): void {
    this.state.dispose();
  }
}

/** Every period-th sample as a signal of its own, `[batch * period, samples / period, 1]`. */
function columns(audio: tf.Tensor3D, period: number): tf.Tensor3D {
  const [batch, samples] = audio.shape;
  const rest = samples % period;
  const whole = rest === 0 ? audio : reflectPad1d(audio, [0, period - rest]);
  const rows = whole.shape[1] / period;
  // [batch, rows, period] to [batch, period, rows]
  const turned = tf.transpose(tf.reshape(whole, [batch, rows, period]), [0, 2, 1]);
  return tf.reshape(turned, [batch * period, rows, 1]);
}
