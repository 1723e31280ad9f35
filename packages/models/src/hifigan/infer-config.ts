import { presets } from '@hifigan/config';
import { type ArrayShapes, shapeFacts } from './config-differences.js';
import type { GeneratorConfig } from './generator-config.js';

/** A generator's configuration as far as its arrays tell it. */
export interface InferredConfig {
  readonly config: GeneratorConfig;
  /** Samples a frame, by the rates. */
  readonly hopSize: number;
  /** What no shape shows, and what was taken for it: `upsample_rates: half of each kernel`. */
  readonly supposed: readonly string[];
}

/**
 * What a generator is, told from the names and shapes of its arrays. Rates and dilations leave no trace there: those
 * of a preset of the same kernels are taken, else what is usual.
 *
 * @param arrays by upstream's names, in PyTorch's layout
 * @returns undefined where they are no generator's
 */
export function inferConfig(arrays: ArrayShapes): InferredConfig | undefined {
  const facts = shapeFacts(arrays);
  if (!facts) return undefined;
  const { channels, mels, kernels, kind, blockKernels, dilations } = facts;
  const isShape = (preset: GeneratorConfig) =>
    [
      [preset.upsample_kernel_sizes, kernels],
      [preset.resblock_kernel_sizes, blockKernels],
      [preset.resblock_dilation_sizes.map(({ length }) => length), dilations],
      [preset.resblock, kind],
    ].every(([one, other]) => JSON.stringify(one) === JSON.stringify(other));
  const preset = Object.values(presets).find(isShape);
  const usual = kind === '1' ? [1, 3, 5] : [1, 2];
  const rates = preset?.upsample_rates ?? kernels.map((kernel) => Math.max(1, kernel >> 1));
  return {
    config: {
      ...{ resblock: kind, num_mels: mels, upsample_initial_channel: channels },
      ...{ upsample_kernel_sizes: kernels, resblock_kernel_sizes: blockKernels },
      upsample_rates: rates,
      resblock_dilation_sizes:
        preset?.resblock_dilation_sizes ??
        dilations.map((count) => Array.from({ length: count }, (_, i) => usual[i] ?? 2 * i + 1)),
    },
    hopSize: rates.reduce((product, rate) => product * rate, 1),
    supposed: preset
      ? [
          'upsample_rates and resblock_dilation_sizes: those of the published models of these kernels',
        ]
      : [
          'upsample_rates: half of each kernel, as is usual',
          `resblock_dilation_sizes: ${usual.join(', ')} …, as is usual`,
        ],
  };
}
