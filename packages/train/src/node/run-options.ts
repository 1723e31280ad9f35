import type { HifiGanConfig } from '@hifigan/config';
import type { Optimization } from '../optimization.js';
import type { StepLosses } from '../step-losses.js';
import type { Validation } from '../validation.js';
import type { DataOptions } from './data-options.js';
import type { Ranks } from './mpi/ranks.js';
import type { RecordOptions } from './record-options.js';
import type { CheckpointFiles } from './run-folder.js';
import type { Reporter } from './run-log.js';

export interface RunOptions {
  readonly config: HifiGanConfig;
  /** Folder of the run: checkpoints, config.json, log.ndjson. Whole checkpoints in it are gone on from. */
  readonly out: string;
  /** Folder of the recordings. */
  readonly wavs: string;
  /** File lists: `id|text` a line, `id.wav` (or `.flac`, `.mp3`, `.ogg` …) in `wavs`. */
  readonly trainingFile: string;
  readonly validationFile?: string;
  /** Refuse to begin anew. */
  readonly resume?: boolean;
  /** Write over a config.json that is not of this run; only in a new one. */
  readonly force?: boolean;
  /**
   * Generator weights to begin with (safetensors, upstream's names), and the discriminators' of the training state of
   * the same number beside it, where there is one; only in a new run. Optimizers begin anew.
   */
  readonly initFrom?: string;
  /** Default: the config's. A run that goes on keeps the one it began with. */
  readonly seed?: number;
  /** Steps of the spectral losses alone before the discriminators join. Default 0; a run that goes on keeps its own. */
  readonly adversarialStart?: number;
  /** Clipping, averaged weights, the discriminators' learning rate. What is not given a run that goes on keeps. */
  readonly optimization?: Optimization;
  /**
   * Clips that go through the networks together; a batch in parts gives the same but for rounding, in less memory and
   * more time. `auto`: halved whenever memory runs out. Default: the whole batch. Of this run, not of the training.
   */
  readonly microBatch?: number | 'auto';
  /**
   * Where to end, counted from the beginning of the training and not of this run. Default 3100 epochs, which is
   * too far off for a time left to be told.
   */
  readonly epochs?: number;
  readonly maxSteps?: number;
  /** How long this run may take. */
  readonly maxMinutes?: number;
  /** Steps between lines of progress; default 5. */
  readonly stdoutInterval?: number;
  /** Steps between checkpoints; default 5000. One is written at the end, too. */
  readonly checkpointInterval?: number;
  /** Steps between records in log.ndjson; default 100. */
  readonly summaryInterval?: number;
  /** Steps between validations; default 1000. */
  readonly validationInterval?: number;
  /** Clips of each validation; default 20. */
  readonly validationClips?: number;
  /** Checkpoints that stay; default 5. */
  readonly keepLast?: number;
  /** Whether that which does best in validation is saved and stays as well, named in best.json; default true. */
  readonly keepBest?: boolean;
  /** Most bytes of decoded recordings to keep; default 1 GiB. */
  readonly cacheBytes?: number;
  /** Mels from files, crops, threads that read. */
  readonly data?: DataOptions;
  /** TensorBoard's files, and listeners. */
  readonly records?: RecordOptions;
  /** The processes that train together; default: this one trains alone. */
  readonly ranks?: Ranks;
  readonly reporter: Reporter;
  /** Aborted: the run saves, then ends. */
  readonly signal?: AbortSignal;
  /** Milliseconds. */
  readonly now?: () => number;
}

export interface RunResult {
  readonly reason: 'finished' | 'interrupted';
  /** Steps done since the beginning of the training. */
  readonly steps: number;
  readonly epoch: number;
  /** The last checkpoint; absent where no step was done at all. */
  readonly checkpoint?: CheckpointFiles;
  readonly losses?: StepLosses;
  /** Of these steps; absent where nothing is measured, or Ctrl-C cut it short. */
  readonly validation?: Validation;
}

/** Default number of epochs. */
export const USUAL_EPOCHS = 3100;

/** Default number of clips that a validation measures. */
export const USUAL_VALIDATION_CLIPS = 20;

const DEFAULTS = {
  stdoutInterval: 5,
  checkpointInterval: 5000,
  summaryInterval: 100,
  validationInterval: 1000,
  validationClips: USUAL_VALIDATION_CLIPS,
  keepLast: 5,
  keepBest: true,
};

/** Options in which what has a default is there. */
export type RunSettings = RunOptions & typeof DEFAULTS;

export function settingsOf(given: RunOptions): RunSettings {
  return { ...DEFAULTS, ...defined(given) };
}

/** Leaves out keys that are undefined, which would hide defaults. */
export function defined<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}
