import { channelsAfter, type GeneratorConfig, upsamplingGeometry } from './generator-config.js';
import { type LayerSpec, layerSpec } from './layer-spec.js';
import { type ResidualBlock, residualBlockLayers, SLOPE } from './residual-blocks.js';

/** Slope before the last convolution: PyTorch's default and not {@link SLOPE}, as upstream has it. */
export const LAST_SLOPE = 0.01;

/** A stage of a generator: upsampling, then residual blocks side by side, whose mean goes on. */
export interface GeneratorStage {
  /** The transposed convolution, `ups.0`. */
  readonly name: string;
  readonly rate: number;
  /** Samples that are left out of its full result, before and after. */
  readonly cropped: readonly [before: number, after: number];
  readonly channels: number;
  readonly blocks: readonly ResidualBlock[];
}

/**
 * How a generator is put together, without any tensor: `conv_pre`, the stages, `conv_post`. A leaky ReLU of
 * `slope` stands before every convolution of a stage, of `lastSlope` before `conv_post`.
 */
export function generatorStructure(config: GeneratorConfig): {
  readonly slope: number;
  readonly lastSlope: number;
  readonly stages: readonly GeneratorStage[];
} {
  const stages = config.upsample_rates.map((rate, stage): GeneratorStage => {
    const { padding, outputPadding } = upsamplingGeometry(
      config.upsample_kernel_sizes[stage],
      rate,
    );
    return {
      ...{ name: `ups.${stage}`, rate, cropped: [padding, padding - outputPadding] },
      ...{ channels: channelsAfter(config, stage), blocks: blocksOf(config, stage) },
    };
  });
  return { slope: SLOPE, lastSlope: LAST_SLOPE, stages };
}

/** The residual blocks of a stage; upstream counts them through all stages. */
export function blocksOf(config: GeneratorConfig, stage: number): ResidualBlock[] {
  return config.resblock_kernel_sizes.map((kernelSize, i) => ({
    kind: config.resblock,
    name: `resblocks.${stage * config.resblock_kernel_sizes.length + i}`,
    channels: channelsAfter(config, stage),
    kernelSize,
    dilations: config.resblock_dilation_sizes[i],
  }));
}

/** All layers in upstream's order. */
export function layersOf(config: GeneratorConfig, norm: LayerSpec['norm']): LayerSpec[] {
  const stages = config.upsample_rates.map((_, stage) => stage);
  return [
    layerSpec('conv_pre', {
      kernelSize: 7,
      inChannels: config.num_mels,
      outChannels: config.upsample_initial_channel,
      norm,
    }),
    ...stages.map((stage) =>
      layerSpec(`ups.${stage}`, {
        kernelSize: config.upsample_kernel_sizes[stage],
        inChannels: channelsAfter(config, stage - 1),
        outChannels: channelsAfter(config, stage),
        transposed: true,
        norm,
      }),
    ),
    ...stages.flatMap((stage) =>
      blocksOf(config, stage).flatMap((block) => residualBlockLayers(block, norm)),
    ),
    layerSpec('conv_post', {
      kernelSize: 7,
      inChannels: channelsAfter(config, stages.length - 1),
      outChannels: 1,
      norm,
    }),
  ];
}
