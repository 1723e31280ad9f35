import { type GeneratorConfig, upsamplingGeometry } from './generator-config.js';

/** Frames that the samples of one frame depend on, besides itself. */
export interface ReceptiveField {
  readonly before: number;
  readonly after: number;
}

/**
 * How many mel frames before and after a frame have any part in its samples: with as many frames of context
 * a piece of a spectrogram makes the same audio as the whole.
 */
export function receptiveField(config: GeneratorConfig): ReceptiveField {
  const hop = config.upsample_rates.reduce((product, rate) => product * rate, 1);
  // Backwards from the samples of frame 0, as positions at the rate of each stage.
  let first = -3;
  let last = hop - 1 + 3;
  for (let stage = config.upsample_rates.length - 1; stage >= 0; stage--) {
    const reach = Math.max(
      ...config.resblock_kernel_sizes.map((kernelSize, i) =>
        blockReach(config, kernelSize, config.resblock_dilation_sizes[i]),
      ),
    );
    const kernelSize = config.upsample_kernel_sizes[stage];
    const { stride, padding } = upsamplingGeometry(kernelSize, config.upsample_rates[stage]);
    // Output n takes part of input t where 0 <= n + padding - t * stride < kernel.
    first = Math.ceil((first - reach + padding - kernelSize + 1) / stride);
    last = Math.floor((last + reach + padding) / stride);
  }
  return { before: 3 - first, after: last + 3 };
}

function blockReach(
  { resblock }: GeneratorConfig,
  kernelSize: number,
  dilations: readonly number[],
): number {
  const half = (kernelSize - 1) / 2;
  return dilations.reduce((sum, d) => sum + half * (resblock === '1' ? d + 1 : d), 0);
}
