import type { GeneratorConfig } from '../index.js';

/** Small enough for loops, odd where the presets are even. */
export const SMALL: Record<string, GeneratorConfig> = {
  'block 1': {
    resblock: '1',
    upsample_rates: [4, 2],
    upsample_kernel_sizes: [8, 4],
    upsample_initial_channel: 16,
    resblock_kernel_sizes: [3, 5],
    resblock_dilation_sizes: [
      [1, 3, 5],
      [1, 2, 3],
    ],
    num_mels: 10,
  },
  'block 2': {
    resblock: '2',
    upsample_rates: [2, 4],
    upsample_kernel_sizes: [4, 8],
    upsample_initial_channel: 8,
    resblock_kernel_sizes: [3],
    resblock_dilation_sizes: [[2, 6]],
    num_mels: 5,
  },
  'odd upsampling': {
    resblock: '2',
    upsample_rates: [3, 5, 2],
    upsample_kernel_sizes: [8, 10, 2],
    upsample_initial_channel: 16,
    resblock_kernel_sizes: [3, 7],
    resblock_dilation_sizes: [
      [1, 2],
      [3, 1],
    ],
    num_mels: 4,
  },
};
