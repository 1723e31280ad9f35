import { type HifiGanConfig, presets } from '@hifigan/config';
import type { Bundle } from '../bundle.js';
import { foldBundle } from '../fold-bundle.js';
import { smallBundle } from './small-bundle.js';

/** The presets, with few bands and channels: what a sample depends on is theirs. */
export const narrowPresets: readonly (readonly [string, HifiGanConfig])[] = Object.entries(
  presets,
).map(([name, config]) => [
  name,
  { ...config, num_mels: 3, upsample_initial_channel: 2 ** config.upsample_rates.length },
]);

/** Gain of a convolution in the residual blocks that reach furthest. */
const GAIN = 3;

/**
 * A generator in which the frame furthest away counts for percents of a sample, where a learned or random one may
 * have it lost in rounding: all weights are positive, so that nothing cancels, and those of plain convolutions lie on
 * the tap that looks furthest to one side. Of the residual blocks, the widest is by far the loudest.
 *
 * @param scale of the last convolution: the sound must stay where tanh is all but straight
 */
export async function reachingBundle(
  config: HifiGanConfig,
  { side, scale }: { readonly side: 'before' | 'after'; readonly scale: number },
): Promise<Bundle> {
  const bundle = await foldBundle(await smallBundle(1, config));
  const reach = config.resblock_kernel_sizes.map((kernel, i) => {
    const dilations = config.resblock_dilation_sizes[i];
    return ((kernel - 1) / 2) * dilations.reduce((sum, d) => sum + d + 1, 0);
  });
  const widest = reach.indexOf(Math.max(...reach));
  const blocks = config.resblock_kernel_sizes.length;
  const weights = new Map(
    [...bundle.weights].map(([name, { shape }]) => {
      const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
      const block = /^resblocks\.(\d+)\./.exec(name)?.[1];
      if (!name.endsWith('.weight')) return [name, { shape, data }];
      if (name.startsWith('ups.')) return [name, { shape, data: data.fill(1 / shape[0]) }];
      const quiet = block !== undefined && Number(block) % blocks !== widest;
      const gain = quiet ? 0 : block ? GAIN : name.startsWith('conv_post') ? scale : 1;
      const [, inputs, taps] = shape;
      const tap = side === 'before' ? 0 : taps - 1;
      for (let at = tap; at < data.length; at += taps) data[at] = gain / inputs;
      return [name, { shape, data }];
    }),
  );
  return { ...bundle, weights };
}
