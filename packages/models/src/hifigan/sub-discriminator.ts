import { conv1d } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { type LayerSpec, layerSpec } from './layer-spec.js';
import type { Filters, NetworkState } from './network-state.js';
import { filterOf, SLOPE } from './residual-blocks.js';

/**
 * What one sub-discriminator thinks of audio; all tensors are the caller's. A type, because an interface has no index
 * signature, and `tf.tidy` would not take it for its container.
 */
export type DiscriminatorOutput = {
  /** `[batch, values]`: near 1 for recordings, near 0 for generated audio. */
  readonly score: tf.Tensor2D;
  /** Every layer's activation, the last layer's output too. */
  readonly features: tf.Tensor3D[];
};

/** The scores of recordings and of generated audio. */
export type ScorePair = { readonly real: tf.Tensor2D; readonly generated: tf.Tensor2D };

/** What a discriminator may have otherwise than the reference. */
export interface DiscriminatorOptions {
  /** Factor of the hidden channels, a multiple of 1/8 (`discriminator_channel_mult` of a configuration); default 1. */
  readonly channelMultiplier?: number;
}

/** @throws RangeError where the channels would not be whole, or not go into the groups of the multi-scale one */
export function channelMultiplierOf({ channelMultiplier = 1 }: DiscriminatorOptions): number {
  if (channelMultiplier > 0 && Number.isInteger(8 * channelMultiplier)) return channelMultiplier;
  throw new RangeError(
    `discriminator: channelMultiplier=${channelMultiplier} must be a multiple of 1/8 above 0, because 128 channels lie in 16 groups; try 0.25`,
  );
}

/** A convolution of a sub-discriminator; zeros on both sides. */
export interface DiscriminatorLayer {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly groups: number;
  readonly padding: number;
}

/** A stack of convolutions with leaky ReLUs between; the last has none. */
export interface SubDiscriminator {
  readonly name: string;
  readonly layers: readonly DiscriminatorLayer[];
}

function layerName({ name, layers }: SubDiscriminator, index: number): string {
  return index === layers.length - 1 ? `${name}.conv_post` : `${name}.convs.${index}`;
}

export function subDiscriminatorLayers(
  discriminator: SubDiscriminator,
  options: Pick<LayerSpec, 'norm' | 'upstreamRank'>,
): LayerSpec[] {
  return discriminator.layers.map((layer, index) =>
    layerSpec(layerName(discriminator, index), { ...layer, ...options }),
  );
}

export interface SubDiscriminatorPass {
  /** `[signals, samples, 1]` */
  readonly x: tf.Tensor3D;
  /** Items that the signals belong to: a row of the score is one item's. */
  readonly batch: number;
  readonly state: NetworkState;
  readonly filters: Filters;
}

/** Runs the stack; to be called in a tidy. */
export function runSubDiscriminator(
  discriminator: SubDiscriminator,
  { x, batch, state, filters }: SubDiscriminatorPass,
): DiscriminatorOutput {
  const features: tf.Tensor3D[] = [];
  discriminator.layers.forEach((layer, index) => {
    const name = layerName(discriminator, index);
    const last = index === discriminator.layers.length - 1;
    const { stride, groups, padding } = layer;
    features.push(
      conv1d(features.at(-1) ?? x, filterOf(filters, name), {
        stride,
        groups,
        padding,
        bias: state.bias(name),
        activation: last ? 'linear' : 'leakyRelu',
        activationSlope: SLOPE,
      }),
    );
  });
  return { score: tf.reshape(features[features.length - 1], [batch, -1]), features };
}

/** Cuts the scores of a batch `[real; generated]` in two halves. */
export function splitScore(score: tf.Tensor2D): ScorePair {
  const [real, generated] = tf.split(score, 2, 0);
  return { real: real as tf.Tensor2D, generated: generated as tf.Tensor2D };
}

/** @throws where audio is not `[batch, samples, 1]` */
export function checkAudio(where: string, audio: tf.Tensor, least: number): void {
  const [, samples, channels]: number[] = audio.shape;
  if (audio.shape.length === 3 && channels === 1 && samples >= least) return;
  throw new RangeError(
    `${where}: audio must be [batch, samples, 1] with at least ${least} samples, because it is padded by mirroring and pooled, but is [${audio.shape}]`,
  );
}
