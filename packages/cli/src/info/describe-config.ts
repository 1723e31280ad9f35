import { presets, readConfig } from '@hifigan/config';
import { parameterCount } from '../model/parameter-count.js';
import type { Description } from './describe.js';

/** What makes a generator's shape. */
const SHAPE = [
  'resblock',
  'upsample_rates',
  'upsample_kernel_sizes',
  'upsample_initial_channel',
  'resblock_kernel_sizes',
  'resblock_dilation_sizes',
] as const;

/** A configuration. @throws ConfigError with all that is wrong with it */
export function describeConfig(text: string, where: string): Description {
  const { config, unknownKeys, defaultedKeys } = readConfig(text, where);
  const preset = (Object.keys(presets) as (keyof typeof presets)[]).find((name) =>
    SHAPE.every((key) => JSON.stringify(config[key]) === JSON.stringify(presets[name][key])),
  );
  const parameters = parameterCount(config);
  const { sampling_rate, hop_size, num_mels, n_fft, win_size, fmin, fmax } = config;
  return {
    kind: 'configuration',
    generator: config,
    facts: { preset, parameters, sampling_rate, hop_size, num_mels, unknownKeys, defaultedKeys },
    shown: [
      [
        'generator',
        `${preset ? `the shape of ${preset.toUpperCase()}` : 'a shape of its own'}, ${parameters.toLocaleString('en')} weights`,
      ],
      ['upsampling', `${config.upsample_rates.join(' × ')} = ${hop_size} samples a frame`],
      ['audio', `${sampling_rate} Hz, ${(sampling_rate / hop_size).toFixed(1)} frames a second`],
      [
        'mel',
        `${num_mels} bands from ${fmin} to ${fmax ?? sampling_rate / 2} Hz, n_fft ${n_fft}, window ${win_size}`,
      ],
      [
        'training',
        `segments of ${config.segment_size}, batches of ${config.batch_size}, learning rate ${config.learning_rate} × ${config.lr_decay} an epoch`,
      ],
      ...(unknownKeys.length > 0 ? [['unknown', unknownKeys.join(', ')] as const] : []),
      ...(defaultedKeys.length > 0 ? [['from V1', defaultedKeys.join(', ')] as const] : []),
    ],
  };
}
