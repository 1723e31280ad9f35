import { BECAUSE, type Layout, type Requirement } from './layout.js';

/** Of ParallelWaveGAN and of ESPnet, which took the generator over. */
export const PARALLEL_WAVEGAN_MODULES = {
  conv_pre: ['input_conv'],
  ups: ['upsamples.{stage}.1'],
  convs1: ['blocks.{block}.convs1.{i}.1'],
  convs2: ['blocks.{block}.convs2.{i}.1'],
  // Block 2 is block 1 without additional convolutions.
  convs: ['blocks.{block}.convs1.{i}.1'],
  conv_post: ['output_conv.1'],
} as const;

export const generatorRequirements = (at: string): Requirement[] => [
  { path: `${at}.out_channels`, is: [1], because: BECAUSE.channels },
  { path: `${at}.kernel_size`, is: [7], because: BECAUSE.kernel },
  { path: `${at}.nonlinear_activation`, is: ['LeakyReLU'], because: BECAUSE.activation },
  {
    path: `${at}.nonlinear_activation_params.negative_slope`,
    is: [0.1],
    because: BECAUSE.slope,
  },
  { path: `${at}.use_causal_conv`, is: [false], because: BECAUSE.causal },
];

export const generatorPaths = (at: string) => ({
  upsample_rates: [`${at}.upsample_scales`],
  // Early versions had a slip of the pen.
  upsample_kernel_sizes: [`${at}.upsample_kernel_sizes`, `${at}.upsample_kernal_sizes`],
  upsample_initial_channel: [`${at}.channels`],
  resblock_kernel_sizes: [`${at}.resblock_kernel_sizes`],
  resblock_dilation_sizes: [`${at}.resblock_dilations`],
});

/** What the generator takes where nothing is said. */
export const GENERATOR_DEFAULTS = {
  num_mels: 80,
  upsample_rates: [8, 8, 2, 2],
  upsample_kernel_sizes: [16, 16, 4, 4],
  upsample_initial_channel: 512,
  resblock_kernel_sizes: [3, 7, 11],
  resblock_dilation_sizes: [
    [1, 3, 5],
    [1, 3, 5],
    [1, 3, 5],
  ],
};

/** kan-bayashi/ParallelWaveGAN, its HiFiGANGenerator. */
export const parallelWaveGan: Layout = {
  name: 'parallel-wavegan',
  description: 'ParallelWaveGAN’s HiFiGANGenerator',
  modules: PARALLEL_WAVEGAN_MODULES,
  prefixes: ['', 'generator.'],
  beside: ['mean', 'scale'],
  // Registered from the file of statistics, which mostly lies beside the weights.
  statistics: { mean: '{prefix}mean', scale: '{prefix}scale', otherwise: true },
  facts: {
    paths: {
      ...generatorPaths('generator_params'),
      num_mels: ['generator_params.in_channels', 'num_mels'],
      sampling_rate: ['sampling_rate'],
      n_fft: ['fft_size'],
      hop_size: ['hop_size'],
      win_size: ['win_length'],
      fmin: ['fmin'],
      fmax: ['fmax'],
    },
    block: { paths: ['generator_params.use_additional_convs'], first: true },
    defaults: GENERATOR_DEFAULTS,
    usual: { sampling_rate: 22050, n_fft: 1024, fmin: 80, fmax: 7600 },
    requirements: [
      { path: 'generator_type', is: ['HiFiGANGenerator'], because: BECAUSE.kind },
      ...generatorRequirements('generator_params'),
    ],
    extraSample: false,
  },
  withoutBias: {
    option: 'generator_params.bias',
    modules: ['conv_pre', 'ups', 'convs1', 'convs2', 'convs', 'conv_post'],
  },
};
