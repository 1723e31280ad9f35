import type { HifiGanConfig, TrainingExtensions } from './hifi-gan-config.js';
import { presets } from './presets.js';

/** The part of JSON Schema that describes a configuration. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
}

type ReferenceKey = Exclude<keyof HifiGanConfig, keyof TrainingExtensions>;

const count: Schema = { type: 'integer', minimum: 1 };
const countOrNone: Schema = { type: 'integer', minimum: 0 };
const counts: Schema = { type: 'array', items: count, minItems: 1 };
const frequency: Schema = { type: ['number', 'null'], exclusiveMinimum: 0 };
const beta: Schema = { type: 'number', minimum: 0, exclusiveMaximum: 1 };

const properties = {
  resblock: {
    enum: ['1', '2'],
    description: 'residual block with two convolutions a dilation ("1") or one ("2")',
  },
  num_gpus: { ...countOrNone, description: 'kept for the reference, which overwrites it' },
  batch_size: { ...count, description: 'clips a training step, over all workers together' },
  learning_rate: { type: 'number', exclusiveMinimum: 0, description: 'of AdamW, at the start' },
  adam_b1: beta,
  adam_b2: beta,
  lr_decay: {
    type: 'number',
    exclusiveMinimum: 0,
    maximum: 1,
    description: 'factor of the learning rate after each epoch',
  },
  seed: { type: 'integer', minimum: 0, description: 'of initial weights, crops and order' },
  upsample_rates: { ...counts, description: 'factor of each stage; the product is hop_size' },
  upsample_kernel_sizes: { ...counts, description: 'kernel of each stage, at least its rate' },
  upsample_initial_channel: {
    ...count,
    description: 'channels before the first stage; each stage halves them',
  },
  resblock_kernel_sizes: { ...counts, description: 'odd' },
  resblock_dilation_sizes: {
    type: 'array',
    items: counts,
    minItems: 1,
    description: 'for each kernel size three dilations (block "1") or two (block "2")',
  },
  segment_size: { ...count, description: 'samples of a training clip, a multiple of hop_size' },
  num_mels: count,
  num_freq: { ...count, description: 'read by nothing' },
  n_fft: { ...count, minimum: 2 },
  hop_size: { ...count, description: 'samples from one mel frame to the next' },
  win_size: { ...count, minimum: 2, description: 'samples of the window, at most n_fft' },
  sampling_rate: { ...count, description: 'Hz' },
  fmin: { type: 'number', minimum: 0, description: 'lower edge of the mel filterbank, Hz' },
  fmax: {
    ...frequency,
    description: 'upper edge of the mel filterbank, Hz; null: half the sampling rate',
  },
  fmax_for_loss: { ...frequency, description: 'the same for the mel loss and validation' },
  num_workers: {
    ...countOrNone,
    description: 'threads that read recordings ahead of the steps of a training, 0: none',
  },
  dist_config: {
    type: 'object',
    properties: {
      dist_backend: { type: 'string' },
      dist_url: { type: 'string' },
      world_size: count,
    },
    description: 'kept for the reference',
  },
} satisfies Record<ReferenceKey, Schema>;

/** Left out, they are as in the reference; no default is filled in, so that its files stay as they are. */
const extensions = {
  discriminator_channel_mult: {
    type: 'number',
    exclusiveMinimum: 0,
    description:
      'factor of the hidden channels of all discriminators, a multiple of 1/8; default 1',
  },
  lambda_melloss: {
    type: 'number',
    exclusiveMinimum: 0,
    description: 'weight of the mel loss; default 45',
  },
  use_multiscale_melloss: {
    type: 'boolean',
    description: 'mel loss summed over seven resolutions, after BigVGAN-v2; default false',
  },
  lambda_magnitude_loss: {
    type: 'number',
    minimum: 0,
    description:
      'weight of a distance of square-rooted magnitudes and low harmonics beside the mel loss; default 0',
  },
} satisfies Record<keyof TrainingExtensions, Schema>;

// What a model and its features are cannot be guessed; how it was trained may be missing.
const required = [
  'resblock',
  'upsample_rates',
  'upsample_kernel_sizes',
  'upsample_initial_channel',
  'resblock_kernel_sizes',
  'resblock_dilation_sizes',
  'num_mels',
  'n_fft',
  'hop_size',
  'win_size',
  'sampling_rate',
  'fmin',
  'fmax',
] as const;

const withDefaults = Object.fromEntries(
  Object.entries(properties).map(([key, schema]) =>
    (required as readonly string[]).includes(key)
      ? [key, schema]
      : [key, { ...schema, default: presets.v1[key as keyof typeof properties] }],
  ),
) as Readonly<Record<keyof typeof properties, Schema>>;

/**
 * JSON Schema (draft 7) of a configuration. It says what each
 * key is; how they must agree, such as the product of the rates, only `readConfig` checks. Unknown keys are allowed.
 */
export const configSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'HiFi-GAN configuration',
  type: 'object',
  properties: { ...withDefaults, ...extensions },
  required,
} as const;
