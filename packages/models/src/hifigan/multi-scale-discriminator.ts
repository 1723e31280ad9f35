import { avgPool1d } from '@hifigan/ops';
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

/** Means between the scales. */
export const POOL = { size: 4, stride: 2, padding: 2 };

const LAYERS = [
  [1, 128, 15, 1, 1, 7],
  [128, 128, 41, 2, 4, 20],
  [128, 256, 41, 2, 16, 20],
  [256, 512, 41, 4, 16, 20],
  [512, 1024, 41, 4, 16, 20],
  [1024, 1024, 41, 1, 16, 20],
  [1024, 1024, 5, 1, 1, 2],
  [1024, 1, 3, 1, 1, 1],
] as const;

/**
 * Its parts, for the raw audio, pooled once, pooled twice, with so many times the reference's channels. The first has
 * spectral norm.
 */
export function multiScaleParts(channelMultiplier = 1): SubDiscriminator[] {
  // The signal going in and the score going out are one channel always.
  const scaled = (channels: number) => (channels === 1 ? 1 : channels * channelMultiplier);
  const layers = LAYERS.map(
    ([inChannels, outChannels, kernelSize, stride, groups, padding]): DiscriminatorLayer => ({
      inChannels: scaled(inChannels),
      outChannels: scaled(outChannels),
      kernelSize,
      stride,
      groups,
      padding,
    }),
  );
  return [0, 1, 2].map((scale) => ({ name: `discriminators.${scale}`, layers }));
}

export interface MultiScaleForwardOptions {
  /**
   * Whether this pass makes a power iteration first: `iterate` in training, as upstream's training mode, or
   * `hold`, as its evaluation (the default). The vectors that {@link MultiScaleDiscriminator.iterateSpectralNorm}
   * returned stand for that iteration: so that the parts of a batch share one.
   */
  readonly spectralNorm?: 'iterate' | 'hold' | SpectralState;
  /** What {@link MultiScaleDiscriminator.filters} gave; computed anew where absent. */
  readonly filters?: Filters;
}

export interface MultiScalePairOptions extends Omit<MultiScaleForwardOptions, 'spectralNorm'> {
  /** The same for each of the two passes: `iterate` makes an iteration before each, vectors are those of both. */
  readonly spectralNorm?: 'iterate' | 'hold' | SpectralPair;
}

/** The vectors of two training passes, one after the other. */
export type SpectralPair = readonly [real: SpectralState, generated: SpectralState];

/** HiFi-GAN's multi-scale discriminator (from MelGAN): looks at audio at three rates. */
export class MultiScaleDiscriminator {
  /** Internal: the network's variables and layers. */
  readonly state: NetworkState;

  private readonly parts: readonly SubDiscriminator[];

  private constructor(random: () => number, options: DiscriminatorOptions = {}) {
    this.parts = multiScaleParts(channelMultiplierOf(options));
    this.state = new NetworkState(
      this.parts.flatMap((discriminator, scale) =>
        subDiscriminatorLayers(discriminator, {
          norm: scale === 0 ? 'spectral' : 'weight',
          upstreamRank: 3,
        }),
      ),
      defaultInitializer(random),
    );
  }

  /**
   * Fresh weights, as PyTorch would draw them.
   * @param random uniform in [0, 1); the same numbers give the same weights
   * @throws RangeError where the channels would not be whole, or not go into the groups
   */
  static initialize(random: () => number, options?: DiscriminatorOptions): MultiScaleDiscriminator {
    return new MultiScaleDiscriminator(random, options);
  }

  /** The trained variables by upstream's names, in upstream's order. */
  get parameters(): ReadonlyMap<string, tf.Variable> {
    return this.state.parameters;
  }

  /** The singular vectors of the first scale's layers, `weight_u` and `weight_v`. */
  get buffers(): ReadonlyMap<string, tf.Variable> {
    return this.state.buffers;
  }

  /**
   * The filters of weight norm, to be shared between forward passes; the caller's. Those of spectral norm
   * are not among them: they change with each training pass.
   */
  filters(): Filters {
    return this.state.filters();
  }

  /** Makes the power iteration of one training pass ahead of it; the vectors returned are the caller's. */
  iterateSpectralNorm(): SpectralState {
    return this.state.iterateSpectralNorm();
  }

  /**
   * One output a scale.
   * @param audio `[batch, samples, 1]`
   * @returns feature maps `[batch, samples', channels]`, scores `[batch, samples']`
   */
  forward(audio: tf.Tensor3D, options: MultiScaleForwardOptions = {}): DiscriminatorOutput[] {
    checkAudio('MultiScaleDiscriminator.forward', audio, 1);
    return tf.tidy(() => {
      const filters = this.allFilters(options);
      return scales(audio).map((x, scale) => this.run(scale, x, filters));
    });
  }

  /**
   * Scores of recordings and of generated audio. The pooled scales take both in one batch; the first takes
   * one after the other, because upstream iterates its spectral norm in between.
   * @param real `[batch, samples, 1]`
   * @param generated the same shape
   */
  forwardPair(
    real: tf.Tensor3D,
    generated: tf.Tensor3D,
    { spectralNorm = 'hold', ...options }: MultiScalePairOptions = {},
  ): ScorePair[] {
    checkAudio('MultiScaleDiscriminator.forwardPair', real, 1);
    return tf.tidy(() => {
      const filters = options.filters ?? this.filters();
      const [ofReal, ofGenerated] =
        typeof spectralNorm === 'string' ? [spectralNorm, spectralNorm] : spectralNorm;
      const firstScale = (x: tf.Tensor3D, spectralNorm: 'iterate' | 'hold' | SpectralState) =>
        this.run(0, x, this.allFilters({ filters, spectralNorm })).score;
      const first = {
        real: firstScale(real, ofReal),
        generated: firstScale(generated, ofGenerated),
      };
      const [, ...pooled] = scales(tf.concat([real, generated], 0));
      const others = pooled.map((x, i) => splitScore(this.run(i + 1, x, filters).score));
      return [first, ...others];
    });
  }

  private allFilters({ filters, spectralNorm = 'hold' }: MultiScaleForwardOptions): Filters {
    const vectors =
      spectralNorm === 'iterate'
        ? this.state.iterateSpectralNorm()
        : spectralNorm === 'hold'
          ? this.state.spectralState()
          : spectralNorm;
    return { ...(filters ?? this.filters()), ...this.state.spectralFilters(vectors) };
  }

  private run(scale: number, x: tf.Tensor3D, filters: Filters): DiscriminatorOutput {
    const { state } = this;
    return runSubDiscriminator(this.parts[scale], { x, batch: x.shape[0], state, filters });
  }

  /** Frees the variables. */
  dispose(): void {
    this.state.dispose();
  }
}

function scales(audio: tf.Tensor3D): tf.Tensor3D[] {
  const once = avgPool1d(audio, POOL);
  return [audio, once, avgPool1d(once, POOL)];
}
