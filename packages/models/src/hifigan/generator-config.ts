import type { HifiGanConfig } from '@hifigan/config';

/** What the generator reads of a config. */
export type GeneratorConfig = Pick<
  HifiGanConfig,
  | 'resblock'
  | 'upsample_rates'
  | 'upsample_kernel_sizes'
  | 'upsample_initial_channel'
  | 'resblock_kernel_sizes'
  | 'resblock_dilation_sizes'
  | 'num_mels'
>;

/** Channels after a stage; `stage` -1 is before the first. */
export function channelsAfter(config: GeneratorConfig, stage: number): number {
  return config.upsample_initial_channel / 2 ** (stage + 1);
}

/** Padding of an upsampling convolution: it makes `rate` samples of one, whatever its kernel. */
export function upsamplingGeometry(kernelSize: number, rate: number) {
  const spare = kernelSize - rate;
  return { stride: rate, padding: Math.ceil(spare / 2), outputPadding: spare % 2 };
}
