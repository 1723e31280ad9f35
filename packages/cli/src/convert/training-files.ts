import { basename, dirname, join } from 'node:path';
import {
  type ByteSource,
  openSafetensors,
  openTorchTree,
  type StoredArray,
  safetensorsPieces,
  torchPiecesOf,
} from '@hifigan/checkpoint';
import { type HifiGanConfig, readConfig } from '@hifigan/config';
import { generatorMetadata, type TrainerState, toTorchCheckpoint } from '@hifigan/train';
import { openReferenceCheckpoint } from '@hifigan/train/node';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { readConfigText } from '../files/load-config.js';
import { openSource } from '../files/open-source.js';
import { exists } from '../files/write-atomic.js';
import type { CheckpointFiles } from '../model/locate-checkpoint.js';
import { configText, type PlannedFiles, type Target, TORCH_LAYOUTS } from './targets.js';
import { treeDifference } from './tree-difference.js';

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
    ? toTorch(context, await openOurs(context, from), { config, names, target })
    : toOurs(context, from, { config, names, target });
}

interface Written {
  readonly target: Target;
  readonly config: HifiGanConfig;
  /** Of the files that are written. */
  readonly names: Halves;
}

/** A checkpoint's two files. */
type Halves = Readonly<Record<'generator' | 'training', string>>;

function toTorch(context: Context, state: State, { target, config, names }: Written): PlannedFiles {
  const options = target === 'torch' ? TORCH_LAYOUTS.torch : TORCH_LAYOUTS.reference;
  const pair = toTorchCheckpoint(state, config);
  return {
    files: [
      { name: names.training, bytes: torchPiecesOf(pair.training, options) },
      { name: 'config.json', bytes: configText(config) },
      { name: names.generator, bytes: torchPiecesOf(pair.generator, options) },
    ],
    async check(places) {
      for (const half of ['generator', 'training'] as const) {
        const name = names[half];
        const read = await openTorchTree(await openWritten(context, places(name), name), name);
        refuseDifference(name, await treeDifference(pair[half], read));
      }
    },
  };
}

async function toOurs(
  context: Context,
  from: Halves & { readonly number: number },
  { config, names }: Written,
): Promise<PlannedFiles> {
  const open = (path: string) => openSource(context, path, basename(path));
  const { state, differences } = await openReferenceCheckpoint(from, config, { open });
  for (const difference of differences) {
    context.console.warn(
      `${basename(from.training)}: ${difference}; a training here goes by its configuration, set it there`,
    );
  }
  const about = { generator: generatorMetadata(state), training: state.metadata };
  return {
    files: [
      { name: names.training, bytes: safetensorsPieces(state.training, about.training) },
      { name: 'config.json', bytes: configText(config) },
      { name: names.generator, bytes: safetensorsPieces(state.generator, about.generator) },
    ],
    async check(places) {
      for (const half of ['generator', 'training'] as const) {
        const name = names[half];
        const read = await openSafetensors(await openWritten(context, places(name), name), name);
        const tree = (metadata: Readonly<Record<string, string>>) =>
          new Map(Object.entries(metadata));
        refuseDifference(name, await treeDifference(tree(about[half]), tree(read.metadata)));
        refuseDifference(name, await treeDifference(new Map(state[half]), new Map(read.arrays)));
      }
    },
  };
}

async function openOurs(context: Context, halves: Halves): Promise<State> {
  const open = async (path: string) =>
    openSafetensors(await openSource(context, path, basename(path)), path);
  const [generator, training] = [await open(halves.generator), await open(halves.training)];
  return { generator: generator.arrays, training: training.arrays, metadata: training.metadata };
}

/** What was written is no source: a draft that is removed since it is wrong must not be told as one that changed. */
function openWritten({ cwd, signal }: Context, path: string, name: string): Promise<ByteSource> {
  return openSource({ cwd, signal }, path, name);
}

async function requireHalf(path: string, shown: string): Promise<void> {
  if (await exists(path)) return;
  throw new UserError(
    `${shown}: has no ${basename(path)}, and --training needs both files of its checkpoint; put it back, or leave --training out to convert the generator`,
  );
}

/** @throws Error where what was written is not read as it was meant */
function refuseDifference(name: string, difference: string | undefined): void {
  if (difference === undefined) return;
  throw new Error(
    `convert: ${name} must be read as it was written, but ${difference}; check the disk, or report this, with the checkpoint`,
  );
}
