import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { FormatError, readSafetensors } from '@hifigan/checkpoint';
import { Generator, importState } from '@hifigan/models';
import type { Place } from '../batches.js';
import { type Optimization, optimizationOf } from '../optimization.js';
import { adversarialStartOf, placeOf, seedOf, stepsOf } from '../trainer-state.js';
import { readHeader } from './read-header.js';
import { readWeights } from './read-weights.js';
import { progressOfReference } from './reference-checkpoint.js';
import { compareRunConfig } from './run-config.js';
import { type CheckpointFiles, RunFolder } from './run-folder.js';
import type { RunOptions } from './run-options.js';

/** What a run would begin from. */
export interface RunSurvey {
  /** Absent in a new run. */
  readonly from?: {
    readonly checkpoint: CheckpointFiles;
    readonly steps: number;
    readonly place: Place;
    readonly adversarialStart: number;
    /** What it was told; of the reference's trainer there is nothing to tell. */
    readonly optimization?: Optimization;
  };
}

export type SurveyOptions = Pick<
  RunOptions,
  'config' | 'out' | 'resume' | 'force' | 'initFrom' | 'reporter'
>;

/**
 * Looks at the folder of a run and at the weights it would begin with, as the run would, and changes nothing.
 *
 * @throws what the run would throw: another configuration than that of the folder, nothing to `resume`, weights of
 *   another model
 */
export async function surveyRun(options: SurveyOptions): Promise<RunSurvey> {
  const folder = existsSync(options.out)
    ? await RunFolder.open(options.out, { repair: false })
    : undefined;
  const checkpoint = await folder?.latest();
  if (!checkpoint && options.resume) throw nothingToResume(options.out);
  if (folder) {
    const { config, force, reporter } = options;
    const warn = (text: string) => reporter.warn(text);
    await compareRunConfig({ folder, config, from: checkpoint, force, warn });
  }
  if (checkpoint) {
    const isReference = checkpoint === folder?.reference;
    const progress = isReference
      ? progressOfReference(checkpoint)
      : progressOf(checkpoint.training);
    return { from: { checkpoint, ...(await progress) } };
  }
  if (options.initFrom) await checkWeights(options, options.initFrom);
  return {};
}

/** The reason against a run that must go on from something. */
export function nothingToResume(out: string): Error {
  return new Error(
    `${out}: has no checkpoint and must have one, because --resume goes on from it; name the folder of the run, or leave --resume out to begin`,
  );
}

async function progressOf(training: string) {
  const header = await readHeader(training);
  if (!header) {
    // It is damaged; the reader says how.
    readSafetensors(await readFile(training), training);
    throw new FormatError(`${training}: its header cannot be read`);
  }
  const { metadata } = header;
  seedOf(metadata, training);
  return {
    steps: stepsOf(metadata, training),
    place: placeOf(metadata, training),
    adversarialStart: adversarialStartOf(metadata, training),
    optimization: optimizationOf(metadata, training),
  };
}

async function checkWeights({ config }: SurveyOptions, path: string): Promise<void> {
  const { arrays } = readWeights(await readFile(path), path, 'generator');
  const generator = Generator.empty(config);
  try {
    importState(generator, arrays, path);
  } finally {
    generator.dispose();
  }
}
