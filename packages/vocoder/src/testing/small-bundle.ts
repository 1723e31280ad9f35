import { type HifiGanConfig, presets } from '@hifigan/config';
import { exportState, Generator } from '@hifigan/models';
import type { Bundle } from '../bundle.js';
import { type PackBundleOptions, packBundle } from '../pack-bundle.js';

/** Both an even and an odd kernel minus rate; small, so that a whole run is quick. */
export const smallConfig: HifiGanConfig = {
  ...presets.v1,
  upsample_rates: [4, 2],
  upsample_kernel_sizes: [8, 5],
  upsample_initial_channel: 16,
  resblock_kernel_sizes: [3, 5],
  resblock_dilation_sizes: [
    [1, 3, 5],
    [1, 2, 3],
  ],
  num_mels: 6,
  hop_size: 8,
  n_fft: 32,
  win_size: 32,
  sampling_rate: 800,
  fmax: null,
  segment_size: 64,
};

/** Numbers in [0, 1) without a pattern. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Numbers where a mel's are. */
export const smallMel = (frames: number) => ({
  data: Float32Array.from({ length: frames * 6 }, randomOf(frames)).map((value) => value * 8 - 8),
  frames,
  mels: 6,
});

/** A model that has learned nothing, with weight norm. */
export async function smallBundle(seed = 1, config = smallConfig): Promise<Bundle> {
  const generator = Generator.initialize(config, randomOf(seed));
  const weights = await exportState(generator);
  generator.dispose();
  const card = { name: 'small', licence: 'MIT', data: 'none' };
  return { config, weights, card, notices: [] };
}

/** Its files, by name. */
export async function smallFiles(
  options: Partial<PackBundleOptions> = {},
  bundle?: Bundle,
): Promise<Map<string, Uint8Array>> {
  const packed = await packBundle(bundle ?? (await smallBundle()), {
    mel: smallMel(9),
    ...options,
  });
  return new Map(packed.files);
}
