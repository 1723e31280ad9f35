import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '@hifigan/checkpoint';
import { exportState, Generator } from '@hifigan/models';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';

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

/**
 * Writes a checkpoint of some 45 MB, all zeros, which takes long enough to be interrupted: weight norm multiplied
 * out, and its configuration.
 */
export async function writeWideRun(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await tf.setBackend('cpu');
  const config = { ...tinyConfig, upsample_initial_channel: 1024 };
  const generator = Generator.empty(config, { weightNormed: false });
  const path = join(folder, 'g_00000100.safetensors');
  await writeFile(path, writeSafetensors(await exportState(generator)));
  generator.dispose();
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
}
