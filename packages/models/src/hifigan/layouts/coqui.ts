import { BECAUSE, type Layout } from './layout.js';
import { REFERENCE_MODULES } from './reference.js';

const AT = 'generator_model_params';

/** Coqui TTS's HifiganGenerator. */
export const coqui: Layout = {
  name: 'coqui',
  description: 'Coqui TTS’s HifiganGenerator',
  modules: REFERENCE_MODULES,
  prefixes: ['', 'model_g.'],
  beside: [],
  facts: {
    paths: {
      num_mels: ['audio.num_mels', `${AT}.in_channels`],
      sampling_rate: ['audio.sample_rate'],
      n_fft: ['audio.fft_size'],
      hop_size: ['audio.hop_length'],
      win_size: ['audio.win_length'],
      fmin: ['audio.mel_fmin'],
      fmax: ['audio.mel_fmax'],
      upsample_rates: [`${AT}.upsample_factors`],
      upsample_kernel_sizes: [`${AT}.upsample_kernel_sizes`],
      upsample_initial_channel: [`${AT}.upsample_initial_channel`],
      resblock_kernel_sizes: [`${AT}.resblock_kernel_sizes`],
      resblock_dilation_sizes: [`${AT}.resblock_dilation_sizes`],
    },
    block: { paths: [`${AT}.resblock_type`], first: '1' },
    defaults: {
      num_mels: 80,
      sampling_rate: 22050,
      n_fft: 1024,
      win_size: 1024,
      fmin: 0,
      fmax: null,
      upsample_rates: [8, 8, 2, 2],
      upsample_kernel_sizes: [16, 16, 4, 4],
      upsample_initial_channel: 512,
      resblock_kernel_sizes: [3, 7, 11],
      resblock_dilation_sizes: [
        [1, 3, 5],
        [1, 3, 5],
        [1, 3, 5],
      ],
    },
    usual: {},
    requirements: [
      { path: 'generator_model', is: ['hifigan_generator'], because: BECAUSE.kind },
      { path: `${AT}.out_channels`, is: [1], because: BECAUSE.channels },
      { path: `${AT}.cond_channels`, is: [0], because: BECAUSE.condition },
      { path: `${AT}.cond_in_each_up_layer`, is: [false], because: BECAUSE.condition },
      { path: `${AT}.pre_linear`, is: [null], because: BECAUSE.linear },
    ],
    extraSample: true,
  },
  withoutBias: { option: `${AT}.conv_post_bias`, modules: ['conv_post'] },
  notGenerators: [
    { prefix: 'cond_layer.', what: 'a generator with a condition, such as XTTS’s' },
    { prefix: 'conds.', what: 'a generator with a condition, such as XTTS’s' },
    {
      prefix: 'waveform_decoder.',
      what: 'a VITS model, whose decoder takes latent variables and no mels',
    },
  ],
};
