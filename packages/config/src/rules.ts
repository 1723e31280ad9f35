import type { ConfigProblem } from './config-error.js';
import type { HifiGanConfig } from './hifi-gan-config.js';
import { splitHop } from './split-hop.js';

/**
 * What the keys of a configuration must agree on. Each rule names the keys that it reads, so that it can
 * be left out where one of them is missing or of the wrong type.
 */
export interface Rule {
  readonly reads: readonly (keyof HifiGanConfig)[];
  check(config: HifiGanConfig): ConfigProblem[];
}

/** Half of the widest window that each key brings, in samples. */
const WIDEST_PADDINGS = { use_multiscale_melloss: 1024, lambda_magnitude_loss: 2048 } as const;

const product = (numbers: readonly number[]) => numbers.reduce((a, b) => a * b, 1);

const found = (path: string, message: string): ConfigProblem[] => [{ path, message }];

export const rules: readonly Rule[] = [
  {
    reads: ['upsample_rates', 'hop_size'],
    check({ upsample_rates, hop_size }) {
      const samples = product(upsample_rates);
      if (samples === hop_size) return [];
      const rates = splitHop(hop_size, upsample_rates);
      const advice = rates.length
        ? `try ${JSON.stringify(rates)}, or hop_size ${samples}`
        : `try hop_size ${samples}`;
      return found(
        'upsample_rates',
        `product ${samples} must equal hop_size ${hop_size}, because each mel frame becomes that many samples; ${advice}`,
      );
    },
  },
  {
    reads: ['upsample_rates', 'upsample_kernel_sizes'],
    check({ upsample_rates, upsample_kernel_sizes }) {
      if (upsample_rates.length === upsample_kernel_sizes.length) return [];
      return found(
        'upsample_kernel_sizes',
        `${upsample_kernel_sizes.length} kernels must be as many as upsample_rates (${upsample_rates.length}), ` +
          `because each stage has one of both; try ${JSON.stringify(upsample_rates.map((rate) => 2 * rate))}`,
      );
    },
  },
  {
    reads: ['upsample_rates', 'upsample_kernel_sizes'],
    check({ upsample_rates, upsample_kernel_sizes }) {
      return upsample_rates.flatMap((rate, i) => {
        const kernel = upsample_kernel_sizes[i];
        if (kernel === undefined || kernel >= rate) return [];
        return found(
          `upsample_kernel_sizes[${i}]`,
          `${kernel} must be at least upsample_rates[${i}]=${rate}, because samples between the kernels would ` +
            `stay zero; try ${2 * rate}`,
        );
      });
    },
  },
  {
    reads: ['upsample_initial_channel', 'upsample_rates'],
    check({ upsample_initial_channel: channels, upsample_rates }) {
      const divisor = 2 ** upsample_rates.length;
      if (channels % divisor === 0) return [];
      return found(
        'upsample_initial_channel',
        `${channels} must be a multiple of ${divisor}, because each of ${upsample_rates.length} stages halves the ` +
          `channels; try ${Math.max(1, Math.round(channels / divisor)) * divisor}`,
      );
    },
  },
  {
    reads: ['resblock_kernel_sizes'],
    check({ resblock_kernel_sizes }) {
      return resblock_kernel_sizes.flatMap((kernel, i) =>
        kernel % 2 === 1
          ? []
          : found(
              `resblock_kernel_sizes[${i}]`,
              `${kernel} must be odd, because the block adds its input to an output of the same length; try ${kernel + 1}`,
            ),
      );
    },
  },
  {
    reads: ['resblock_kernel_sizes', 'resblock_dilation_sizes'],
    check({ resblock_kernel_sizes, resblock_dilation_sizes }) {
      if (resblock_kernel_sizes.length === resblock_dilation_sizes.length) return [];
      return found(
        'resblock_dilation_sizes',
        `${resblock_dilation_sizes.length} lists must be as many as resblock_kernel_sizes ` +
          `(${resblock_kernel_sizes.length}), because each block has one of both; add or remove lists`,
      );
    },
  },
  {
    reads: ['resblock', 'resblock_dilation_sizes'],
    check({ resblock, resblock_dilation_sizes }) {
      const wanted = resblock === '1' ? 3 : 2;
      const example = resblock === '1' ? '[1,3,5]' : '[1,3]';
      return resblock_dilation_sizes.flatMap((dilations, i) =>
        dilations.length === wanted
          ? []
          : found(
              `resblock_dilation_sizes[${i}]`,
              `${dilations.length} dilations must be ${wanted}, because resblock "${resblock}" has that many; ` +
                `try ${example}${dilations.length === 5 - wanted ? `, or resblock "${resblock === '1' ? 2 : 1}"` : ''}`,
            ),
      );
    },
  },
  {
    reads: ['n_fft', 'hop_size'],
    check({ n_fft, hop_size }) {
      if (n_fft < hop_size) {
        return found(
          'n_fft',
          `${n_fft} must be at least hop_size ${hop_size}, because frames would leave samples out; try ${4 * hop_size}`,
        );
      }
      if ((n_fft - hop_size) % 2 === 0) return [];
      return found(
        'n_fft',
        `${n_fft} - hop_size ${hop_size} must be even, because half of it is padded on each side; try n_fft ${n_fft + 1}`,
      );
    },
  },
  {
    reads: ['n_fft', 'win_size'],
    check({ n_fft, win_size }) {
      if (win_size <= n_fft) return [];
      return found(
        'win_size',
        `${win_size} must be at most n_fft ${n_fft}, because the window lies inside the transform; try win_size ` +
          `${n_fft} or n_fft ${2 ** Math.ceil(Math.log2(win_size))}`,
      );
    },
  },
  {
    reads: ['segment_size', 'hop_size'],
    check({ segment_size, hop_size }) {
      if (segment_size % hop_size === 0) return [];
      return found(
        'segment_size',
        `${segment_size} must be a multiple of hop_size ${hop_size}, because a clip is a whole number of frames; ` +
          `try ${Math.max(1, Math.round(segment_size / hop_size)) * hop_size}`,
      );
    },
  },
  {
    reads: ['segment_size', 'use_multiscale_melloss', 'lambda_magnitude_loss', 'hop_size'],
    check(config) {
      const { segment_size, hop_size } = config;
      const key = config.lambda_magnitude_loss
        ? 'lambda_magnitude_loss'
        : config.use_multiscale_melloss && 'use_multiscale_melloss';
      if (!key || segment_size > WIDEST_PADDINGS[key]) return [];
      return found(
        'segment_size',
        `${segment_size} must be more than ${WIDEST_PADDINGS[key]} with ${key}, because its widest window has twice ` +
          `that and a clip is padded with its own mirror image by half; try ${hop_size * (Math.floor(WIDEST_PADDINGS[key] / hop_size) + 1)}`,
      );
    },
  },
  {
    reads: ['segment_size', 'n_fft', 'hop_size'],
    check({ segment_size, n_fft, hop_size }) {
      const padding = (n_fft - hop_size) / 2;
      if (segment_size > padding) return [];
      return found(
        'segment_size',
        `${segment_size} must be more than (n_fft - hop_size) / 2 = ${padding}, because a clip is padded with its own ` +
          `mirror image by that much; try ${hop_size * 32}`,
      );
    },
  },
  {
    reads: ['discriminator_channel_mult'],
    check({ discriminator_channel_mult: factor = 1 }) {
      if (Number.isInteger(8 * factor)) return [];
      return found(
        'discriminator_channel_mult',
        `${factor} must be a multiple of 1/8, because the smallest layers have 128 channels in 16 groups; try ` +
          `${Math.max(1, Math.round(8 * factor)) / 8}`,
      );
    },
  },
  frequencyRule('fmax'),
  frequencyRule('fmax_for_loss'),
];

function frequencyRule(key: 'fmax' | 'fmax_for_loss'): Rule {
  return {
    reads: [key, 'fmin', 'sampling_rate'],
    check(config) {
      const half = config.sampling_rate / 2;
      const top = config[key];
      if (top !== null && top > half) {
        return found(
          key,
          `${top} must be at most sampling_rate / 2 = ${half}, because there is nothing above; try ${half} or null`,
        );
      }
      if ((top ?? half) <= config.fmin) {
        return found(
          key,
          `${top ?? `null (${half})`} must be above fmin ${config.fmin}, because the filters lie between the two; try fmin 0`,
        );
      }
      return [];
    },
  };
}
