import { BECAUSE, type Layout } from './layout.js';
import {
  GENERATOR_DEFAULTS,
  generatorPaths,
  generatorRequirements,
  PARALLEL_WAVEGAN_MODULES,
} from './parallel-wavegan.js';

const AT = 'tts_conf.vocoder_params';

/** ESPnet's joint text-to-waveform models, of which the vocoder is taken. */
export const espnet: Layout = {
  name: 'espnet',
  description: 'ESPnet’s HiFiGANGenerator',
  modules: PARALLEL_WAVEGAN_MODULES,
  prefixes: ['tts.generator.vocoder.'],
  beside: [],
  // The acoustic model before it makes normalised mels.
  statistics: {
    ...{ mean: 'normalize.mean', scale: 'normalize.std' },
    ...{ option: 'normalize', otherwise: true },
  },
  facts: {
    paths: {
      ...generatorPaths(AT),
      num_mels: ['feats_extract_conf.n_mels'],
      sampling_rate: ['feats_extract_conf.fs', 'tts_conf.sampling_rate'],
      n_fft: ['feats_extract_conf.n_fft'],
      hop_size: ['feats_extract_conf.hop_length', 'feats_extract_conf.n_shift'],
      win_size: ['feats_extract_conf.win_length'],
      fmin: ['feats_extract_conf.fmin'],
      fmax: ['feats_extract_conf.fmax'],
    },
    block: { paths: [`${AT}.use_additional_convs`], first: true },
    defaults: { ...GENERATOR_DEFAULTS, sampling_rate: 22050, n_fft: 1024, fmin: 80, fmax: 7600 },
    usual: {},
    requirements: [
      { path: 'tts', is: ['joint_text2wav'], because: BECAUSE.kind },
      { path: 'tts_conf.vocoder_type', is: ['hifigan_generator'], because: BECAUSE.kind },
      { path: 'tts_conf.use_pqmf', is: [false], because: BECAUSE.channels },
      { path: `${AT}.global_channels`, is: [-1, 0], because: BECAUSE.condition },
      ...generatorRequirements(AT),
    ],
    extraSample: false,
  },
  // Of the residual blocks alone.
  withoutBias: { option: `${AT}.bias`, modules: ['convs1', 'convs2', 'convs'] },
  notGenerators: [
    {
      prefix: 'tts.generator.decoder.',
      what: 'a VITS model, whose decoder takes latent variables and no mels',
    },
    {
      prefix: 'tts.generator.generator.',
      what: 'a JETS model, whose generator takes hidden states and no mels',
    },
  ],
};
