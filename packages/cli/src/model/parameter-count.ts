import type { HifiGanConfig } from '@hifigan/config';

/** Weights and biases of the generator, weight norm multiplied out. */
export function parameterCount(config: HifiGanConfig): number {
  const conv = (kernel: number, from: number, to: number) => kernel * from * to + to;
  let channels = config.upsample_initial_channel;
  let total = conv(7, config.num_mels, channels);
  for (const kernel of config.upsample_kernel_sizes) {
    total += conv(kernel, channels, channels / 2);
    channels /= 2;
    config.resblock_kernel_sizes.forEach((size, i) => {
      const convolutions =
        config.resblock_dilation_sizes[i].length * (config.resblock === '1' ? 2 : 1);
      total += convolutions * conv(size, channels, channels);
    });
  }
  return total + conv(7, channels, 1);
}
