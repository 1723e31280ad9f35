import { channelsAfter, type GeneratorConfig } from './generator-config.js';
import { layersOf } from './generator-layers.js';
import { type LayerSpec, parametersOf } from './layer-spec.js';
import { multiPeriodParts, PERIODS } from './multi-period-discriminator.js';
import { multiScaleParts, POOL } from './multi-scale-discriminator.js';
import {
  type DiscriminatorOptions,
  type SubDiscriminator,
  subDiscriminatorLayers,
} from './sub-discriminator.js';

/** What one convolution does to one clip, told from its shape alone: no tensor, no backend. */
export interface LayerWork {
  readonly name: string;
  /** Signals that it reads side by side: 1, or the columns of a period. */
  readonly signals: number;
  /** Samples of each signal that it reads. */
  readonly inTime: number;
  readonly inChannels: number;
  /** Samples of each signal that it makes. */
  readonly outTime: number;
  readonly outChannels: number;
  /** Of the filter. */
  readonly weights: number;
  /** Of the forward pass, each with its addition. */
  readonly multiplications: number;
}

/** A network, or one of the parts that a discriminator consists of. */
export interface NetworkWork {
  /** `generator`, `period 2`, `scale 0`. */
  readonly name: string;
  /** All that is trained: biases, and directions with magnitudes where there is a weight norm. */
  readonly parameters: number;
  /** In the order in which a signal passes them; the residual blocks of a stage side by side. */
  readonly layers: readonly LayerWork[];
}

/** The generator with weight norm, for one clip of so many mel frames. */
export function generatorWork(config: GeneratorConfig, frames: number): NetworkWork {
  const specs = layersOf(config, 'weight');
  const stages = config.upsample_rates.length;
  // Of what goes into each stage, and of what comes out of the last.
  const times = [frames];
  for (const rate of config.upsample_rates) times.push(times[times.length - 1] * rate);
  const layers = specs.map((spec): LayerWork => {
    const [kind, index] = spec.name.split('.');
    if (spec.transposed) {
      const stage = Number(index);
      return layerWork(spec, {
        ...{ signals: 1, inTime: times[stage], outTime: times[stage + 1] },
        inChannels: channelsAfter(config, stage - 1),
      });
    }
    const stage = Math.floor(Number(index) / config.resblock_kernel_sizes.length);
    const time = kind === 'conv_pre' ? frames : times[kind === 'conv_post' ? stages : stage + 1];
    const [, inChannels] = spec.filterShape;
    return layerWork(spec, { signals: 1, inTime: time, outTime: time, inChannels });
  });
  return { name: 'generator', parameters: parametersIn(specs), layers };
}

/** The multi-period discriminator, a part for each period, for one clip of so many samples. */
export function multiPeriodWork(
  samples: number,
  options: DiscriminatorOptions = {},
): NetworkWork[] {
  const parts = multiPeriodParts(options.channelMultiplier);
  return PERIODS.map((period, i) =>
    discriminatorWork(parts[i], {
      ...{ name: `period ${period}`, norm: 'weight' },
      ...{ signals: period, time: Math.ceil(samples / period) },
    }),
  );
}

/** The multi-scale discriminator, a part for each scale, for one clip of so many samples. */
export function multiScaleWork(samples: number, options: DiscriminatorOptions = {}): NetworkWork[] {
  let time = samples;
  return multiScaleParts(options.channelMultiplier).map((discriminator, scale) => {
    if (scale > 0) time = Math.floor((time + 2 * POOL.padding - POOL.size) / POOL.stride) + 1;
    const norm = scale === 0 ? 'spectral' : 'weight';
    return discriminatorWork(discriminator, { name: `scale ${scale}`, norm, signals: 1, time });
  });
}

function discriminatorWork(
  discriminator: SubDiscriminator,
  input: {
    readonly name: string;
    readonly norm: LayerSpec['norm'];
    readonly signals: number;
    readonly time: number;
  },
): NetworkWork {
  const { name, norm, signals } = input;
  const specs = subDiscriminatorLayers(discriminator, { norm, upstreamRank: 3 });
  let inTime = input.time;
  const layers = specs.map((spec, i) => {
    const { inChannels, kernelSize, stride, padding } = discriminator.layers[i];
    const outTime = Math.floor((inTime + 2 * padding - kernelSize) / stride) + 1;
    const layer = layerWork(spec, { signals, inTime, outTime, inChannels });
    inTime = outTime;
    return layer;
  });
  return { name, parameters: parametersIn(specs), layers };
}

function layerWork(
  { name, outChannels, filterShape, transposed }: LayerSpec,
  shape: Pick<LayerWork, 'signals' | 'inTime' | 'outTime' | 'inChannels'>,
): LayerWork {
  const weights = product(filterShape);
  // The filter passes once over each sample that it reads (transposed) or makes.
  const places = shape.signals * (transposed ? shape.inTime : shape.outTime);
  return { name, ...shape, outChannels, weights, multiplications: weights * places };
}

function parametersIn(specs: readonly LayerSpec[]): number {
  const sizes = specs.flatMap(parametersOf).map(({ shape }) => product(shape));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function product(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a * b, 1);
}
