import { BECAUSE, type Layout } from './layout.js';

/**
 * SpeechT5HifiGan, FastSpeech2ConformerHifiGan, and the latter within FastSpeech2ConformerWithHifiGan. What the
 * folder's preprocessor_config.json says of the mel is expected under `features`, in our keys.
 */
export const transformers: Layout = {
  name: 'transformers',
  description: 'transformers’ HifiGan',
  modules: {
    conv_pre: ['conv_pre'],
    ups: ['upsampler.{stage}'],
    convs1: ['resblocks.{block}.convs1.{i}'],
    convs2: ['resblocks.{block}.convs2.{i}'],
    conv_post: ['conv_post'],
  },
  prefixes: ['', 'vocoder.'],
  beside: ['mean', 'scale'],
  statistics: {
    mean: '{prefix}mean',
    scale: '{prefix}scale',
    option: 'normalize_before',
    otherwise: true,
  },
  facts: {
    paths: {
      num_mels: ['model_in_dim'],
      sampling_rate: ['sampling_rate', 'features.sampling_rate'],
      n_fft: ['features.n_fft'],
      win_size: ['features.win_size'],
      fmin: ['features.fmin'],
      fmax: ['features.fmax'],
      upsample_rates: ['upsample_rates'],
      upsample_kernel_sizes: ['upsample_kernel_sizes'],
      upsample_initial_channel: ['upsample_initial_channel'],
      resblock_kernel_sizes: ['resblock_kernel_sizes'],
      resblock_dilation_sizes: ['resblock_dilation_sizes'],
    },
    // save_pretrained writes all; by hand some leave them out.
    defaults: {
      num_mels: 80,
      upsample_initial_channel: 512,
      resblock_kernel_sizes: [3, 7, 11],
      resblock_dilation_sizes: [
        [1, 3, 5],
        [1, 3, 5],
        [1, 3, 5],
      ],
    },
    // Of SpeechT5's feature extractor, and of ESPnet's recipe for LJSpeech, which FastSpeech2Conformer comes from.
    usual: { sampling_rate: 22050, n_fft: 1024, win_size: 1024, fmin: 80, fmax: 7600 },
    requirements: [{ path: 'leaky_relu_slope', is: [0.1], because: BECAUSE.slope }],
    extraSample: true,
  },
};
