import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FormatError, readSafetensors, type Safetensors } from '@hifigan/checkpoint';
import { importState } from '@hifigan/models';
import { optimizationOf } from '../optimization.js';
import { MicroBatch } from '../parts.js';
import { Trainer } from '../trainer.js';
import {
  adversarialStartOf,
  importDiscriminators,
  importTrainer,
  seedOf,
  type TrainerState,
} from '../trainer-state.js';
import { counted } from './counted.js';
import { adviseEarlier } from './earlier-checkpoint.js';
import { readWeights } from './read-weights.js';
import { openReferenceCheckpoint, readState as readReference } from './reference-checkpoint.js';
import type { CheckpointFiles } from './run-folder.js';
import { defined, type RunOptions } from './run-options.js';

/** What lies in the folder of a run. */
export interface Stored {
  /** Whole ones of ours, the oldest first. */
  readonly checkpoints: readonly CheckpointFiles[];
  /** One of the reference's trainer, where it is newer. */
  readonly reference: CheckpointFiles | undefined;
}

/** A trainer at its beginning, or as the newest checkpoint left it; the caller's to dispose of. */
export async function openTrainer(
  { checkpoints, reference }: Stored,
  options: RunOptions,
): Promise<Trainer> {
  if (reference) {
    const { seed = options.config.seed } = options;
    const { state, differences } = await openReferenceCheckpoint(reference, options.config, {
      seed,
    });
    options.reporter.line(
      `takes over ${reference.generator} and ${reference.training}, which PyTorch reads; what is saved from here on is of this program`,
    );
    for (const difference of differences) {
      options.reporter.warn(
        `${reference.training}: ${difference}; the configuration counts, set its keys where the training shall go on as it was`,
      );
    }
    return resumed(await readReference(state), reference, options);
  }
  const files = checkpoints.at(-1);
  return files ? resumed(await readState(checkpoints), files, options) : begun(options);
}

async function begun(options: RunOptions): Promise<Trainer> {
  const trainer = new Trainer(trainerOptions(options, options.seed));
  try {
    if (options.initFrom) {
      const bytes = await readFile(options.initFrom);
      const { arrays, notices } = readWeights(bytes, options.initFrom, 'generator');
      for (const notice of notices) options.reporter.warn(notice);
      importState(trainer.generator, arrays, options.initFrom);
      options.reporter.line(`weights of the generator from ${options.initFrom}`);
      await beginDiscriminators(trainer, options.initFrom, options.reporter);
    }
    return trainer;
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** Loads the weights of the discriminators that learned against a generator, where they lie beside it. */
async function beginDiscriminators(
  trainer: Trainer,
  generator: string,
  reporter: RunOptions['reporter'],
): Promise<void> {
  const number = /^(?:g|ema)_(\d{8,}(?:\.safetensors)?)$/.exec(basename(generator))?.[1];
  const path = number && join(dirname(generator), `do_${number}`);
  if (path && existsSync(path)) {
    const { arrays, notices } = readWeights(await readFile(path), path, 'discriminators');
    for (const notice of notices) reporter.warn(notice);
    if (importDiscriminators(trainer, arrays, path)) {
      reporter.line(`weights of the discriminators from ${path}; the optimizers begin anew`);
      return;
    }
  }
  reporter.line('the discriminators begin anew: none lie beside that generator (do_…)');
}

/** Of the last of the checkpoints. */
async function readState(checkpoints: readonly CheckpointFiles[]): Promise<TrainerState> {
  const files = checkpoints[checkpoints.length - 1]!;
  const generator = await readHalf(files.generator, checkpoints);
  const training = await readHalf(files.training, checkpoints);
  return {
    generator: generator.arrays,
    training: training.arrays,
    metadata: training.metadata,
  };
}

function resumed(state: TrainerState, files: CheckpointFiles, options: RunOptions): Trainer {
  const { metadata } = state;
  const seed = seedOf(metadata, files.training);
  if (options.seed !== undefined && options.seed !== seed) {
    options.reporter.warn(`seed ${options.seed} is not used: the training began with ${seed}`);
  }
  if (options.initFrom) {
    options.reporter.warn(
      `${options.initFrom} is not used: the training goes on from its checkpoint`,
    );
  }
  const adversarialStart = options.adversarialStart ?? adversarialStartOf(metadata, files.training);
  const optimization = {
    ...optimizationOf(metadata, files.training),
    ...defined(options.optimization ?? {}),
  };
  const trainer = new Trainer(trainerOptions({ ...options, adversarialStart, optimization }, seed));
  try {
    importTrainer(trainer, state, files);
    return trainer;
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** Reads one file of the last checkpoint. @throws FormatError that names the checkpoint before it, if that is whole */
async function readHalf(
  path: string,
  checkpoints: readonly CheckpointFiles[],
): Promise<Safetensors> {
  try {
    return readSafetensors(await readFile(path), path);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    const { generator, training } = checkpoints[checkpoints.length - 1]!;
    const names = [generator, training].map((half) => basename(half));
    const earlier = await adviseEarlier(names, checkpoints.slice(0, -1));
    throw earlier ? new FormatError(`${error.message} Or ${earlier}`, { cause: error }) : error;
  }
}

function trainerOptions(options: RunOptions, seed: number | undefined) {
  const { config, adversarialStart, optimization } = options;
  return {
    config,
    microBatch: microBatchOf(options),
    ...options.ranks?.training,
    ...(seed !== undefined && { seed }),
    ...(adversarialStart !== undefined && { adversarialStart }),
    ...(optimization && { optimization }),
  };
}

/** How many clips go through the networks together, as asked for. */
export function microBatchOf({ microBatch, reporter }: RunOptions): MicroBatch {
  return microBatch === 'auto'
    ? new MicroBatch({
        adapts: true,
        onSmaller: (clips, error) =>
          reporter.warn(`${error.message}; goes on with ${counted(clips, 'clip')} at a time`),
      })
    : new MicroBatch({ clips: microBatch });
}
