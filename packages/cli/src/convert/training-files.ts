import { openAsBlob } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  type ByteSource,
  openSafetensors,
  openTorchTree,
  readArray,
  type StoredArray,
  safetensorsPieces,
  sourceOfBlob,
  torchPiecesOf,
} from '@hifigan/checkpoint';
import { type HifiGanConfig, readConfig } from '@hifigan/config';
import {
  fromTorchCheckpoint,
  generatorMetadata,
  optimizerDifferences,
  type TrainerState,
  toTorchCheckpoint,
} from '@hifigan/train';
import { openReferenceCheckpoint } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { readConfigText } from '../files/load-config.js';
import { exists } from '../files/write-atomic.js';
import type { CheckpointFiles } from '../model/locate-checkpoint.js';
import { configText, type PlannedFiles, type Target, TORCH_LAYOUTS } from './targets.js';

type State = TrainerState<StoredArray>;

/**
 * Both halves of a training in the other format, ours or PyTorch's, with which the other trainer goes on, optimizers
 * included. Of either only one array is held at a time.
 *
 * @param name of the generator's file
 * @throws UserError where it is no checkpoint of a training, or the name is of another step
 */
export async function trainingFiles(
  context: Context,
  located: CheckpointFiles,
  { name, target }: { readonly name: string; readonly target: Target },
): Promise<PlannedFiles> {
  const { weights, shown, foreign } = located;
  const ending = target === 'safetensors' ? '.safetensors' : '';
  const isOurs = weights.endsWith('.safetensors');
  if (isOurs === (ending !== '') || (foreign && foreign.recognized.layout.name !== 'reference')) {
    throw new UserError(
      `${shown}: must be ${ending ? 'a g_… file as PyTorch saves it' : 'a run of this program, or g_….safetensors of one'}, because --training turns the checkpoint of one trainer into the other’s; leave --training out to convert the generator`,
    );
  }
  const digits = /^(?:g|ema)_(\d{8,})(?:\.safetensors)?$/.exec(basename(weights))?.[1];
  if (digits === undefined) {
    throw new UserError(
      `${shown}: must be a run, or g_… of one, because --training finds both files by their step; leave --training out to convert the generator`,
    );
  }
  const wanted = `g_${digits}${ending}`;
  if (name !== wanted) {
    throw new UserError(
      `${name}: must be ${wanted}, because with --training both files are found by their step; rename it`,
    );
  }
  const { config } = readConfig(await readConfigText(context, located.config), located.config);
  const beside = (half: string) =>
    join(dirname(weights), `${half}_${digits}${isOurs ? '.safetensors' : ''}`);
  const [generator, training] = [beside('g'), beside('do')];
  const from = { number: Number(digits), generator, training };
  const names = { generator: name, training: `do_${digits}${ending}` };
  for (const path of [generator, training]) await requireHalf(path, shown);
  return isOurs
    ? toTorch(await openOurs(from), { config, names, target })
    : toOurs(context, from, { config, names, target });
}

interface Written {
  readonly target: Target;
  readonly config: HifiGanConfig;
  /** Of the files that are written. */
  readonly names: { readonly generator: string; readonly training: string };
}

function toTorch(state: State, { target, config, names }: Written): PlannedFiles {
  const options = target === 'torch' ? TORCH_LAYOUTS.torch : TORCH_LAYOUTS.reference;
  const pair = toTorchCheckpoint(state, config);
  return {
    files: [
      { name: names.training, bytes: torchPiecesOf(pair.training, options) },
      { name: 'config.json', bytes: configText(config) },
      { name: names.generator, bytes: torchPiecesOf(pair.generator, options) },
    ],
    async check(places) {
      const open = async (name: string) => openTorchTree(await sourceAt(places(name)), name);
      const [generator, training] = [await open(names.generator), await open(names.training)];
      const again = fromTorchCheckpoint({ generator, training }, { seed: 0, where: names });
      // Whatever was told is told of the checkpoint, and not of what this has made of it.
      optimizerDifferences(training, config);
      await checkSame(state, again, names);
    },
  };
}

async function toOurs(
  { console }: Context,
  from: { readonly number: number; readonly generator: string; readonly training: string },
  { config, names }: Written,
): Promise<PlannedFiles> {
  const { state, differences } = await openReferenceCheckpoint(from, config);
  for (const difference of differences) {
    console.warn(
      `${basename(from.training)}: ${difference}; a training here goes by its configuration, set it there`,
    );
  }
  return {
    files: [
      { name: names.training, bytes: safetensorsPieces(state.training, state.metadata) },
      { name: 'config.json', bytes: configText(config) },
      {
        name: names.generator,
        bytes: safetensorsPieces(state.generator, generatorMetadata(state)),
      },
    ],
    async check(places) {
      const halves = {
        generator: places(names.generator),
        training: places(names.training),
      };
      await checkSame(state, await openOurs(halves), names);
    },
  };
}

async function openOurs(
  halves: Readonly<Record<'generator' | 'training', string>>,
): Promise<State> {
  const open = async (path: string) => openSafetensors(await sourceAt(path), path);
  const [generator, training] = [await open(halves.generator), await open(halves.training)];
  return { generator: generator.arrays, training: training.arrays, metadata: training.metadata };
}

async function sourceAt(path: string): Promise<ByteSource> {
  return sourceOfBlob(await openAsBlob(path));
}

async function requireHalf(path: string, shown: string): Promise<void> {
  if (await exists(path)) return;
  throw new UserError(
    `${shown}: has no ${basename(path)}, and --training needs both files of its checkpoint; put it back, or leave --training out to convert the generator`,
  );
}

/** Reads both, an array after the other. @throws Error where they are not the same to the last bit */
async function checkSame(before: State, after: State, names: Written['names']): Promise<void> {
  for (const half of ['generator', 'training'] as const) {
    const [was, is] = [before[half], after[half]];
    const differs = await firstDifference(was, is);
    if (differs === undefined && was.size === is.size) continue;
    throw new Error(
      `convert: ${names[half]} must be read as the same arrays, but ${differs ?? 'their number'} differs; report this, with the checkpoint`,
    );
  }
}

async function firstDifference(
  before: ReadonlyMap<string, StoredArray>,
  after: ReadonlyMap<string, StoredArray>,
): Promise<string | undefined> {
  for (const [name, array] of before) {
    const found = after.get(name);
    if (found?.shape.join() !== array.shape.join()) return name;
    const [was, is] = [await readArray(array), await readArray(found)];
    if (!bytesOf(is.data).equals(bytesOf(was.data))) return name;
  }
  return undefined;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView<ArrayBufferLike>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
