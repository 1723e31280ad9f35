import type { Layout } from './layout.js';
import { REFERENCE_MODULES } from './reference.js';

/** NeMo's HifiGanModel. */
export const nemo: Layout = {
  name: 'nemo',
  description: 'NeMo’s HifiGanModel',
  modules: {
    ...REFERENCE_MODULES,
    // Early versions counted blocks through all stages.
    convs1: ['resblocks.{stage}.{kernel}.convs1.{i}', 'resblocks.{block}.convs1.{i}'],
    convs2: ['resblocks.{stage}.{kernel}.convs2.{i}', 'resblocks.{block}.convs2.{i}'],
    convs: ['resblocks.{stage}.{kernel}.convs.{i}', 'resblocks.{block}.convs.{i}'],
  },
  prefixes: ['generator.', ''],
  beside: [],
  facts: {
    paths: {
      num_mels: ['generator.initial_input_size', 'preprocessor.nfilt', 'preprocessor.features'],
      sampling_rate: ['preprocessor.sample_rate', 'sample_rate'],
      n_fft: ['preprocessor.n_fft', 'n_fft'],
      hop_size: ['preprocessor.n_window_stride', 'n_window_stride'],
      win_size: ['preprocessor.n_window_size', 'n_window_size'],
      fmin: ['preprocessor.lowfreq'],
      fmax: ['preprocessor.highfreq'],
      upsample_rates: ['generator.upsample_rates'],
      upsample_kernel_sizes: ['generator.upsample_kernel_sizes'],
      upsample_initial_channel: ['generator.upsample_initial_channel'],
      resblock_kernel_sizes: ['generator.resblock_kernel_sizes'],
      resblock_dilation_sizes: ['generator.resblock_dilation_sizes'],
    },
    // Where its own units are seconds, the hop is that of the rates.
    seconds: { win_size: 'preprocessor.window_size' },
    block: { paths: ['generator.resblock'], first: 1 },
    defaults: { num_mels: 80, fmin: 0, fmax: null },
    usual: { sampling_rate: 22050, win_size: 1024 },
    transformOfWindow: true,
    requirements: [],
    extraSample: true,
  },
};
