import type { LayoutName } from '@hifigan/models';

/** How the files of a program are known, and where in them things are. Data alone. */
export interface Source {
  readonly layout: LayoutName;
  /** What its configuration is called, without folders. */
  readonly config: RegExp;
  /**
   * What is in its configuration and in no other: all of these paths, each with one of the values where there are any.
   */
  readonly marks: readonly { readonly path: string; readonly values?: readonly unknown[] }[];
  /** Where the generator's own part of the configuration begins. */
  readonly within?: string;
  /** What its weights are called, the best first; of several files the one with the highest number counts. */
  readonly weights: readonly RegExp[];
  /** Where in a PyTorch file the arrays are, keys with dots between; the first that is there. Else at its root. */
  readonly state: readonly string[];
}

const SAFETENSORS = /\.safetensors$/;
/** Others of the kind are features. */
const NPZ = /^(g|model|weights|state_dict)\.npz$/i;
const TORCH = /\.(pth|pth\.tar|pt|bin|ckpt|pkl)$/;

/** All that can be read, in the order in which they are tried. */
export const sources: readonly Source[] = [
  {
    layout: 'transformers',
    config: /^config\.json$/,
    marks: [
      {
        path: 'model_type',
        // The last is what versions before 5 call both.
        values: ['speecht5_hifigan', 'fastspeech2_conformer_hifigan', 'hifigan'],
      },
    ],
    weights: [/^model\.safetensors$/, /^pytorch_model\.bin$/, SAFETENSORS, TORCH],
    state: [],
  },
  {
    layout: 'transformers',
    config: /^config\.json$/,
    marks: [{ path: 'model_type', values: ['fastspeech2_conformer_with_hifigan'] }],
    within: 'vocoder_config',
    weights: [/^model\.safetensors$/, /^pytorch_model\.bin$/, SAFETENSORS, TORCH],
    state: [],
  },
  {
    layout: 'coqui',
    config: /^config\.json$/,
    marks: [{ path: 'generator_model' }, { path: 'audio' }],
    weights: [
      /^best_model.*\.pth(\.tar)?$/,
      /^(model_file|model)\.pth(\.tar)?$/,
      TORCH,
      SAFETENSORS,
    ],
    state: ['model'],
  },
  {
    layout: 'nemo',
    config: /\.ya?ml$/,
    marks: [{ path: 'generator' }, { path: 'preprocessor' }],
    weights: [/^model_weights\.ckpt$/, /\.ckpt$/, TORCH, SAFETENSORS],
    state: ['state_dict'],
  },
  {
    layout: 'parallel-wavegan',
    config: /\.ya?ml$/,
    marks: [{ path: 'generator_params' }],
    weights: [/^checkpoint-\d+steps\.pkl$/, TORCH, SAFETENSORS],
    state: ['model.generator', 'generator'],
  },
  {
    layout: 'espnet',
    config: /\.ya?ml$/,
    marks: [{ path: 'tts' }, { path: 'tts_conf' }],
    weights: [/^train\.total_count\.ave.*\.pth$/, /^\d+epoch\.pth$/, TORCH, SAFETENSORS],
    state: ['model'],
  },
  {
    layout: 'reference',
    config: /\.json$/,
    marks: [{ path: 'resblock' }, { path: 'upsample_rates' }],
    weights: [
      /^generator\.safetensors$/,
      /^g_\d+(\.safetensors|\.npz)?$/,
      /^generator/,
      SAFETENSORS,
      TORCH,
      NPZ,
    ],
    state: ['generator'],
  },
];
