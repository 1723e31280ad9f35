import type { MelOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import { generatorWork, multiPeriodWork, multiScaleWork, type NetworkWork } from '@hifigan/models';
import { spectralViews } from './spectral-views.js';

/** The networks of a training step, for one clip of `segment_size`, and the spectra of its losses. */
export interface StepWork {
  readonly generator: NetworkWork;
  /** A part for each period. */
  readonly mpd: readonly NetworkWork[];
  /** A part for each scale. */
  readonly msd: readonly NetworkWork[];
  readonly logMel: {
    /** Values of the windowed DFT matrices. */
    readonly weights: number;
    readonly multiplications: number;
  };
}

export function stepWork(config: HifiGanConfig): StepWork {
  const { segment_size: samples, hop_size: hop } = config;
  const options = { channelMultiplier: config.discriminator_channel_mult };
  const matrices = spectralViews(config).map(({ mel, bins = binsUpToFmax(mel) }) => {
    const weights = Math.ceil(mel.nFft / mel.hopSize) * mel.hopSize * 2 * bins;
    return { weights, multiplications: weights * Math.floor(samples / mel.hopSize) };
  });
  return {
    generator: generatorWork(config, samples / hop),
    mpd: multiPeriodWork(samples, options),
    msd: multiScaleWork(samples, options),
    logMel: {
      weights: sumOf(matrices, ({ weights }) => weights),
      multiplications: sumOf(matrices, ({ multiplications }) => multiplications),
    },
  };
}

function binsUpToFmax({ fmax, samplingRate, nFft }: MelOptions): number {
  return Math.floor(((fmax ?? samplingRate / 2) * nFft) / samplingRate) + 1;
}

export const sumOf = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((sum, item) => sum + value(item), 0);

/** Trained values of networks. */
export function parametersOf(networks: readonly NetworkWork[]): number {
  return sumOf(networks, ({ parameters }) => parameters);
}

/** How a step works through its batch. */
export interface StepShape {
  /** Of the batch. */
  readonly clips: number;
  /** Clips that go through the networks together; default: all. */
  readonly atATime?: number;
  /** Whether the discriminators have joined. */
  readonly adversarial: boolean;
}

/**
 * Floating-point operations of one training step, a multiplication and its addition as two; what convolutions take
 * alone.
 */
export function stepOperations(work: StepWork, shape: StepShape): number {
  const { clips, adversarial } = shape;
  const ofGenerator = learning([work.generator]) + 3 * work.logMel.multiplications;
  // Two signals each: the recording and the generated one. Then the generator's losses: both forward, one back.
  const discriminators = [...work.mpd, ...work.msd];
  const ofDiscriminators = 2 * learning(discriminators) + 3 * forward(discriminators);
  // In parts, the generator goes forward for the discriminators, and once more for its own step.
  const again = partsOf(shape) > 1 ? forward([work.generator]) : 0;
  return 2 * clips * (ofGenerator + (adversarial ? ofDiscriminators + again : 0));
}

/** How many parts the batch goes through the networks in. */
export function partsOf({ clips, atATime = clips }: StepShape): number {
  return Math.ceil(clips / atATime);
}

function forward(networks: readonly NetworkWork[]): number {
  return sumOf(networks, ({ layers }) => sumOf(layers, (layer) => layer.multiplications));
}

/** Forward, gradients of the filters, and of the inputs but the first. */
function learning(networks: readonly NetworkWork[]): number {
  return 3 * forward(networks) - sumOf(networks, ({ layers }) => layers[0].multiplications);
}
