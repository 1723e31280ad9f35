import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type NamedArrays,
  readSafetensors,
  readTorch,
  type Safetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { fromTorchCheckpoint, toTorchCheckpoint } from '@hifigan/train';
import { UserError } from '../errors.js';
import type { CheckpointFiles } from '../model/locate-checkpoint.js';
import { configText, type TargetFiles } from './targets.js';

/**
 * A checkpoint of a training run as the `g_` and `do_` files that the reference's trainer goes on from, optimizers
 * included; both were read again and are the same to the last bit.
 *
 * @param name of the generator's file
 * @throws UserError where it is no checkpoint of a run, or the name is of another step
 */
export async function trainingPair(
  { weights, shown }: CheckpointFiles,
  { name, config }: { readonly name: string; readonly config: HifiGanConfig },
): Promise<TargetFiles> {
  const digits = /^(?:g|ema)_(\d{8,})\.safetensors$/.exec(basename(weights))?.[1];
  const beside = (half: string) => join(dirname(weights), `${half}_${digits}.safetensors`);
  if (digits === undefined) {
    throw new UserError(
      `${shown}: must be a run, or g_….safetensors of one, because --training turns its checkpoint into PyTorch’s; leave --training out to convert the generator`,
    );
  }
  if (name !== `g_${digits}`) {
    throw new UserError(
      `${name}: must be g_${digits}, because with --training the reference finds both files by their step; rename it`,
    );
  }
  const [generator, training] = [await read(beside('g'), shown), await read(beside('do'), shown)];
  const state = {
    generator: generator.arrays,
    training: training.arrays,
    metadata: training.metadata,
  };
  const pair = toTorchCheckpoint(state, config);
  const files = {
    [`do_${digits}`]: writeTorch(pair.training),
    [name]: writeTorch(pair.generator),
    'config.json': configText(config),
  };
  const where = { generator: name, training: `do_${digits}` };
  const again = fromTorchCheckpoint(
    {
      generator: readTorch(files[name] as Uint8Array, name),
      training: readTorch(files[where.training] as Uint8Array, where.training),
    },
    { seed: 0, where },
  );
  checkSame(state.generator, again.generator, name);
  checkSame(state.training, again.training, where.training);
  return files;
}

async function read(path: string, shown: string): Promise<Safetensors> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new UserError(
      `${shown}: has no ${basename(path)}, and --training needs both files of its checkpoint; put it back, or leave --training out to convert the generator`,
    );
  });
  return readSafetensors(bytes, path);
}

function checkSame(before: NamedArrays, after: NamedArrays, file: string): void {
  const differs = [...before].find(([name, { shape, data }]) => {
    const found = after.get(name);
    return found?.shape.join() !== shape.join() || !bytesOf(found.data).equals(bytesOf(data));
  });
  if (!differs && before.size === after.size) return;
  throw new Error(
    `convert: ${file} must be read as the same arrays, but ${differs?.[0] ?? 'their number'} differs; report this, with the checkpoint`,
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
