import type { HifiGanConfig } from '@hifigan/config';
import { type GeneratorConfig, generatorWork, receptiveField } from '@hifigan/models';

/** A step on the way from mel to audio: a convolution, or the residual blocks of a stage side by side. */
export interface PlannedStep {
  /** As its arrays are called: `conv_pre`, `ups.0`, `resblocks.0-2`. */
  readonly name: string;
  readonly kind: 'convolution' | 'upsampling' | 'blocks';
  readonly kernels: readonly number[];
  /** Of blocks, for each kernel. */
  readonly dilations?: readonly (readonly number[])[];
  /** Of an upsampling: samples that it makes of one. */
  readonly factor?: number;
  /** Of what it makes. */
  readonly channels: number;
  /** Samples that it makes of a frame. */
  readonly samplesPerFrame: number;
  /** The same a second, Hz. */
  readonly rate: number;
  /** How far it looks to each side, seconds. */
  readonly reach: number;
  /** Weights and biases, weight norm multiplied out. */
  readonly parameters: number;
  /** Multiplications with their additions, as a share of all. */
  readonly share: number;
}

/** What a generator of a configuration is made of, told without a tensor. */
export interface GeneratorPlan {
  readonly block: '1' | '2';
  readonly mels: number;
  readonly samplingRate: number;
  readonly frameRate: number;
  readonly steps: readonly PlannedStep[];
  readonly parameters: number;
  /** Frames before and after a frame that have a part in its samples. */
  readonly receptiveField: { readonly before: number; readonly after: number };
  /** Operations (an addition and a multiplication are two) for a second of audio. */
  readonly operationsPerSecond: number;
}

export function planGenerator(config: HifiGanConfig): GeneratorPlan {
  const frameRate = config.sampling_rate / config.hop_size;
  const { layers } = generatorWork(config, 1);
  const all = layers.reduce((sum, { multiplications }) => sum + multiplications, 0);
  /** What the layers whose names begin so have together. */
  const of = (...names: readonly string[]) => {
    const own = layers.filter(({ name }) =>
      names.some((start) => name === start || name.startsWith(`${start}.`)),
    );
    const sum = (what: (layer: (typeof own)[number]) => number) =>
      own.reduce((total, layer) => total + what(layer), 0);
    const last = own[own.length - 1];
    return {
      channels: last.outChannels,
      samplesPerFrame: last.outTime,
      rate: last.outTime * frameRate,
      parameters: sum(({ weights, outChannels }) => weights + outChannels),
      share: sum(({ multiplications }) => multiplications) / all,
    };
  };
  const convolution = (name: string): PlannedStep => {
    const made = of(name);
    return { name, kind: 'convolution', kernels: [7], ...made, reach: 3 / made.rate };
  };
  const kernels = config.resblock_kernel_sizes;
  const stages = config.upsample_rates.flatMap((factor, stage): PlannedStep[] => {
    const up = of(`ups.${stage}`);
    const blocks = kernels.map((_, i) => `resblocks.${stage * kernels.length + i}`);
    const kernel = config.upsample_kernel_sizes[stage];
    const made = of(...blocks);
    const first = stage * kernels.length;
    return [
      {
        ...{ name: `ups.${stage}`, kind: 'upsampling', kernels: [kernel], factor, ...up },
        // Of what it makes, a sample depends on as many of what it reads as the kernel covers.
        reach: kernel / 2 / up.rate,
      },
      {
        ...{
          name: kernels.length > 1 ? `resblocks.${first}-${first + kernels.length - 1}` : blocks[0],
        },
        ...{ kind: 'blocks', kernels, dilations: config.resblock_dilation_sizes, ...made },
        reach: blocksReach(config) / made.rate,
      },
    ];
  });
  const steps = [convolution('conv_pre'), ...stages, convolution('conv_post')];
  return {
    block: config.resblock,
    mels: config.num_mels,
    samplingRate: config.sampling_rate,
    frameRate,
    steps,
    parameters: steps.reduce((sum, { parameters }) => sum + parameters, 0),
    receptiveField: receptiveField(config),
    operationsPerSecond: 2 * all * frameRate,
  };
}

/** Samples to each side that the widest of the blocks depends on. */
function blocksReach({
  resblock,
  resblock_kernel_sizes,
  resblock_dilation_sizes,
}: GeneratorConfig): number {
  const reaches = resblock_kernel_sizes.map((kernel, i) =>
    resblock_dilation_sizes[i].reduce(
      (sum, dilation) => sum + ((kernel - 1) / 2) * (resblock === '1' ? dilation + 1 : dilation),
      0,
    ),
  );
  return Math.max(...reaches);
}
