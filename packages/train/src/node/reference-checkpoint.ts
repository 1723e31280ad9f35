import { openAsBlob } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type ByteSource,
  FormatError,
  type NamedArrays,
  openTorch,
  openTorchTree,
  RECOGNIZED_BYTES,
  RECOGNIZED_TAIL_BYTES,
  readArray,
  recognizeFile,
  type StoredArray,
  sourceOfBlob,
} from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import type { Place } from '../batches.js';
import { fromTorchCheckpoint, OURS, optimizerDifferences } from '../torch-checkpoint.js';
import type { TrainerState } from '../trainer-state.js';
import type { CheckpointFiles } from './run-folder.js';

/**
 * The newest pair of files in a folder that the reference's trainer wrote (`g_02500000`, `do_02500000`), or that was
 * written for it; undefined where there is none.
 */
export async function findReferenceCheckpoint(
  folder: string,
): Promise<CheckpointFiles | undefined> {
  const names = await readdir(folder);
  const numbersOf = (pattern: RegExp) =>
    names.flatMap((name) => pattern.exec(name)?.[1] ?? []).sort((a, b) => Number(b) - Number(a));
  const halves = new Set(numbersOf(/^do_(\d{8,})$/));
  const newest = numbersOf(/^g_(\d{8,})$/).find((digits) => halves.has(digits));
  if (newest === undefined) return undefined;
  const files = {
    number: Number(newest),
    generator: join(folder, `g_${newest}`),
    training: join(folder, `do_${newest}`),
  };
  const kinds = await Promise.all([files.generator, files.training].map(isTorch));
  return kinds.every(Boolean) ? files : undefined;
}

async function isTorch(path: string): Promise<boolean> {
  const source = await sourceAt(path);
  const { size } = source;
  const head = await source.read(0, Math.min(size, RECOGNIZED_BYTES));
  const tail = await source.read(Math.max(0, size - RECOGNIZED_TAIL_BYTES), size);
  return recognizeFile(head, tail)?.kind === 'pytorch';
}

/**
 * What the `do_` file of such a checkpoint says besides its arrays: `steps`, `epoch`, and, where this program wrote it,
 * all that a file of ours says of itself.
 */
export async function referenceMetadata(path: string): Promise<Readonly<Record<string, string>>> {
  const { metadata } = await openTorch(await sourceAt(path), path);
  const own = Object.entries(metadata).flatMap(([key, text]) =>
    key.startsWith(OWN) ? [[key.slice(OWN.length), text] as const] : [],
  );
  return { ...metadata, ...Object.fromEntries(own) };
}

/** What the reference has no place for, by the name that `toTorchCheckpoint` gives it. */
const OWN = `${OURS}.`;

/** How far such a checkpoint is; of the file, which is large, little is read. */
export async function progressOfReference(
  files: CheckpointFiles,
): Promise<{ readonly steps: number; readonly place: Place; readonly adversarialStart: number }> {
  const metadata = await referenceMetadata(files.training);
  checkSteps(files, metadata.steps);
  const whole = (key: string, otherwise: string | undefined) => Number(metadata[key] ?? otherwise);
  return {
    steps: files.number + 1,
    place: { epoch: whole('next_epoch', metadata.epoch), batch: whole('next_batch', '0') },
    adversarialStart: whole('adversarial_start', '0'),
  };
}

/** How {@link openReferenceCheckpoint} opens. */
export interface OpenReferenceOptions {
  /** Of the order of clips from here on, where the checkpoint has none; the configuration's where left out. */
  readonly seed?: number;
  /** Opens a file of which parts will be read. */
  readonly open?: (path: string) => Promise<ByteSource>;
}

/** A checkpoint of the reference's trainer, as it lies on the disk. */
export interface OpenedReference {
  /** Of arrays that are read when they are asked for. */
  readonly state: TrainerState<StoredArray>;
  /** What its optimizers were set to and a training of the configuration is not. */
  readonly differences: readonly string[];
}

/**
 * Opens such a checkpoint; of its arrays none is read.
 *
 * @throws FormatError where it cannot be gone on from
 */
export async function openReferenceCheckpoint(
  files: Pick<CheckpointFiles, 'number' | 'generator' | 'training'>,
  config: HifiGanConfig,
  { seed = config.seed, open = sourceAt }: OpenReferenceOptions = {},
): Promise<OpenedReference> {
  const training = await openTorchTree(await open(files.training), files.training);
  const generator = await openTorchTree(await open(files.generator), files.generator);
  const state = fromTorchCheckpoint({ generator, training }, { seed, where: files });
  checkSteps(files, state.metadata.steps);
  return { state, differences: optimizerDifferences(training, config) };
}

/** All arrays of a state, read one after the other: it is held once. */
export async function readState({
  generator,
  training,
  metadata,
}: TrainerState<StoredArray>): Promise<TrainerState> {
  const read = async (arrays: ReadonlyMap<string, StoredArray>): Promise<NamedArrays> => {
    const all = new Map<string, Awaited<ReturnType<typeof readArray>>>();
    for (const [name, array] of arrays) all.set(name, await readArray(array));
    return all;
  };
  return { generator: await read(generator), training: await read(training), metadata };
}

async function sourceAt(path: string): Promise<ByteSource> {
  return sourceOfBlob(await openAsBlob(path));
}

/** Checkpoints are found by their names: under another number than its own, the run's next would seem older. */
function checkSteps(
  { number, training }: Pick<CheckpointFiles, 'number' | 'training'>,
  steps: string | undefined,
): void {
  if (steps === String(number)) return;
  throw new FormatError(
    `${training}: steps=${steps} must be ${number}, because its name says so and a run finds its checkpoints by their names; give both files of the pair the name of their step`,
  );
}
