import type { Layout } from './layout.js';

/** Its modules, which others have kept. */
export const REFERENCE_MODULES = {
  conv_pre: ['conv_pre'],
  ups: ['ups.{stage}'],
  convs1: ['resblocks.{block}.convs1.{i}'],
  convs2: ['resblocks.{block}.convs2.{i}'],
  convs: ['resblocks.{block}.convs.{i}'],
  conv_post: ['conv_post'],
} as const;

/** jik876/hifi-gan, and what is written here. */
export const reference: Layout = {
  name: 'reference',
  description: 'the reference’s generator',
  modules: REFERENCE_MODULES,
  prefixes: ['', 'generator.'],
  beside: ['mean', 'scale'],
  // Only of what was converted from a model that normalises its mels.
  statistics: { mean: '{prefix}mean', scale: '{prefix}scale', otherwise: true, rare: true },
  facts: {
    paths: {
      num_mels: ['num_mels'],
      sampling_rate: ['sampling_rate'],
      n_fft: ['n_fft'],
      hop_size: ['hop_size'],
      win_size: ['win_size'],
      fmin: ['fmin'],
      fmax: ['fmax'],
      upsample_rates: ['upsample_rates'],
      upsample_kernel_sizes: ['upsample_kernel_sizes'],
      upsample_initial_channel: ['upsample_initial_channel'],
      resblock_kernel_sizes: ['resblock_kernel_sizes'],
      resblock_dilation_sizes: ['resblock_dilation_sizes'],
    },
    block: { paths: ['resblock'], first: '1' },
    defaults: {},
    usual: {},
    requirements: [],
    extraSample: true,
  },
};
