import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSavedModel } from '@hifigan/backend-tensorflow/node';
import type { HifiGanConfig } from '@hifigan/config';
import { generatorGraph, writeSavedModel } from '@hifigan/export';
import { trackUnfinished } from '@hifigan/train/node';
import { type Engine, type EngineFactory, tfjsEngine } from '@hifigan/vocoder';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The generator as one graph that TensorFlow optimises as a whole, which it makes of a SavedModel: bias and activation
 * go with the convolution, and no operation waits for JavaScript. Where it cannot be loaded, operations of tfjs one
 * by one stand in.
 *
 * @param onWarning told of that
 */
export function graphEngine(onWarning: (message: string) => void): EngineFactory {
  return async (bundle, where) => {
    const bytes = writeSavedModel(generatorGraph(bundle.config, bundle.weights, { where }));
    try {
      return await inTemporaryFolder(async (folder) => {
        await writeFile(join(folder, 'saved_model.pb'), bytes);
        return savedModelEngine(folder, bundle.config);
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onWarning(
        `the generator's graph cannot be loaded (${reason}); goes on operation by operation`,
      );
      return tfjsEngine(bundle, where);
    }
  };
}

/**
 * An engine on the folder of a SavedModel as `export` writes it: `[batch, frames, mels]` in, `[batch, samples]` out.
 * The folder is read once, and may go afterwards.
 *
 * @throws where it cannot be loaded
 */
export async function savedModelEngine(folder: string, config: HifiGanConfig): Promise<Engine> {
  const model = await openSavedModel(folder, { from: import.meta.url });
  return {
    description: 'TensorFlow, as one graph',
    async generate({ data, frames, mels }) {
      const audio = tf.tidy(() => model.predict(tf.tensor3d(data, [1, frames, mels])));
      try {
        const wanted = frames * config.hop_size;
        if (audio.size !== wanted) {
          throw new Error(
            `SavedModel: makes ${audio.size} samples of ${frames} frames and must make ${wanted}, because its configuration has hop_size ${config.hop_size}; name the one it belongs to with --config`,
          );
        }
        return (await audio.data()) as Float32Array;
      } finally {
        audio.dispose();
      }
    },
    dispose: () => model.dispose(),
  };
}

/** A folder that is gone afterwards, also after Ctrl-C. */
async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'hifigan-graph-'));
  const forget = trackUnfinished(folder);
  try {
    return await work(folder);
  } finally {
    forget();
    await rm(folder, { recursive: true, force: true });
  }
}
