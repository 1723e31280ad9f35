import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '@hifigan/checkpoint';
import { type HifiGanConfig, presets } from '@hifigan/config';
import { exportState, Generator } from '@hifigan/models';
import * as tf from '@tensorflow/tfjs';

/** A model of the smallest kind, for tests. */
export const tinyConfig: HifiGanConfig = {
  ...presets.v3,
  upsample_rates: [8, 8],
  upsample_kernel_sizes: [16, 16],
  upsample_initial_channel: 8,
  resblock_kernel_sizes: [3],
  resblock_dilation_sizes: [[1, 2]],
  num_mels: 12,
  n_fft: 256,
  win_size: 256,
  hop_size: 64,
  sampling_rate: 8000,
  fmax: 4000,
  segment_size: 1024,
};

/** Writes what a training run leaves: a checkpoint with weight norm, and its configuration. */
export async function writeRun(folder: string, steps: readonly number[] = [0]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await tf.setBackend('cpu');
  for (const step of steps) {
    let state = step + 1;
    const generator = Generator.initialize(tinyConfig, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    });
    const name = `g_${String(step).padStart(8, '0')}.safetensors`;
    await writeFile(join(folder, name), writeSafetensors(await exportState(generator)));
    generator.dispose();
  }
  await writeFile(join(folder, 'config.json'), JSON.stringify(tinyConfig));
}
