/**
 * What makes a generator, by the names of its configuration. (The packages that own the type are tested with the
 * testkit.)
 */
export interface OddGenerator {
  readonly resblock: '1' | '2';
  readonly upsample_rates: number[];
  readonly upsample_kernel_sizes: number[];
  readonly upsample_initial_channel: number;
  readonly resblock_kernel_sizes: number[];
  readonly resblock_dilation_sizes: number[][];
  readonly num_mels: number;
}

/**
 * Small enough for loops, odd where the presets are even: kernels, rates, one block a stage, a stage that only joins.
 */
export const oddGenerators: Readonly<Record<string, OddGenerator>> = {
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
