import { readFile } from 'node:fs/promises';
import { readSafetensors } from '@hifigan/checkpoint';
import { importState } from '@hifigan/models';
import { Trainer } from '../trainer.js';
import { adversarialStartOf, importTrainer, seedOf } from '../trainer-state.js';
import type { CheckpointFiles } from './run-folder.js';
import type { RunOptions } from './run-options.js';

/** A trainer at its beginning, or as the checkpoint left it; the caller's to dispose of. */
export function openTrainer(
  checkpoint: CheckpointFiles | undefined,
  options: RunOptions,
): Promise<Trainer> {
  return checkpoint ? resumed(checkpoint, options) : begun(options);
}

async function begun(options: RunOptions): Promise<Trainer> {
  const trainer = new Trainer(trainerOptions(options, options.seed));
  try {
    if (options.initFrom) {
      const bytes = await readFile(options.initFrom);
      const { arrays } = readSafetensors(bytes, options.initFrom);
      importState(trainer.generator, arrays, options.initFrom);
      options.reporter.line(`weights of the generator from ${options.initFrom}`);
    }
    return trainer;
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

async function resumed(files: CheckpointFiles, options: RunOptions): Promise<Trainer> {
  const generator = readSafetensors(await readFile(files.generator), files.generator);
  const training = readSafetensors(await readFile(files.training), files.training);
  const seed = seedOf(training.metadata, files.training);
  if (options.seed !== undefined && options.seed !== seed) {
    options.reporter.warn(`seed ${options.seed} is not used: the training began with ${seed}`);
  }
  if (options.initFrom) {
    options.reporter.warn(
      `${options.initFrom} is not used: the training goes on from its checkpoint`,
    );
  }
  const adversarialStart =
    options.adversarialStart ?? adversarialStartOf(training.metadata, files.training);
  const trainer = new Trainer(trainerOptions({ ...options, adversarialStart }, seed));
  try {
    importTrainer(
      trainer,
      { generator: generator.arrays, training: training.arrays, metadata: training.metadata },
      files,
    );
    return trainer;
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

function trainerOptions({ config, adversarialStart }: RunOptions, seed: number | undefined) {
  return {
    config,
    ...(seed !== undefined && { seed }),
    ...(adversarialStart !== undefined && { adversarialStart }),
  };
}
