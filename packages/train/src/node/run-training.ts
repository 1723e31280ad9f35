import { readFile } from 'node:fs/promises';
import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import type { HifiGanConfig } from '@hifigan/config';
import { importState } from '@hifigan/models';
import { type Batch, Batches, type ClipSource } from '../batches.js';
import { NonFiniteLossError, type StepLosses, Trainer } from '../trainer.js';
import { adversarialStartOf, exportTrainer, importTrainer, seedOf } from '../trainer-state.js';
import { type Validation, validate } from '../validation.js';
import { openCheckedClips } from './check-recordings.js';
import { parseFileList, readFileList } from './file-list.js';
import { makeFolder, removeMade } from './make-folder.js';
import { describeStep, Pace } from './pace.js';
import { type CheckpointFiles, RunFolder } from './run-folder.js';
import { RunLock } from './run-lock.js';
import { type Reporter, RunLog } from './run-log.js';

export interface RunOptions {
  readonly config: HifiGanConfig;
  /** Folder of the run: checkpoints, config.json, log.ndjson. Whole checkpoints in it are gone on from. */
  readonly out: string;
  /** Folder of the recordings. */
  readonly wavs: string;
  /** File lists: `id|text` a line, `id.wav` in `wavs`. */
  readonly trainingFile: string;
  readonly validationFile?: string;
  /** Refuse to begin anew. */
  readonly resume?: boolean;
  /** Generator weights to begin with (safetensors, upstream's names); only in a new run. */
  readonly initFrom?: string;
  /** Default: the config's. A run that goes on keeps the one it began with. */
  readonly seed?: number;
  /** Steps of the mel loss alone before the discriminators join. Default 0; of a run that goes on, what it had. */
  readonly adversarialStart?: number;
  /**
   * Where to end, counted from the beginning of the training and not of this run. Default 3100 epochs, which is
   * too far off for a time left to be told.
   */
  readonly epochs?: number;
  readonly maxSteps?: number;
  /** Of this run. */
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
  /** Of decoded recordings, bytes; default 1 GiB. */
  readonly cacheBytes?: number;
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
  readonly validation?: Validation;
}

const DEFAULTS = {
  stdoutInterval: 5,
  checkpointInterval: 5000,
  summaryInterval: 100,
  validationInterval: 1000,
  validationClips: 20,
  keepLast: 5,
};

/** Where a run ends that nobody gave an end. */
const USUAL_EPOCHS = 3100;

/**
 * Trains from files, on the active tfjs backend: begins a run or goes on with what lies in its folder.
 *
 * @throws where files are missing or wrong, the disk is full, or a loss is NaN; what was saved stays
 */
export async function runTraining(given: RunOptions): Promise<RunResult> {
  const run = await Run.open(given);
  try {
    return await run.train();
  } finally {
    await run.dispose();
  }
}

/** The weights are not worth saving. */
class SpoiltError extends Error {}

class Run {
  private readonly options: RunOptions & typeof DEFAULTS;
  private readonly folder: RunFolder;
  private readonly lock: RunLock;
  private readonly log: RunLog;
  private readonly trainer: Trainer;
  private readonly batches: Batches;
  private readonly validationClips: ClipSource | undefined;
  private saved: CheckpointFiles | undefined;
  private savedSteps: number;
  private validation: Validation | undefined;
  /** Steps done when that was measured. */
  private validatedSteps: number | undefined;

  private constructor(
    options: RunOptions & typeof DEFAULTS,
    parts: {
      readonly folder: RunFolder;
      readonly lock: RunLock;
      readonly log: RunLog;
      readonly trainer: Trainer;
      readonly batches: Batches;
      readonly validationClips: ClipSource | undefined;
      readonly saved: CheckpointFiles | undefined;
    },
  ) {
    this.options = options;
    this.folder = parts.folder;
    this.lock = parts.lock;
    this.log = parts.log;
    this.trainer = parts.trainer;
    this.batches = parts.batches;
    this.validationClips = parts.validationClips;
    this.saved = parts.saved;
    this.savedSteps = parts.trainer.steps;
  }

  static async open(given: RunOptions): Promise<Run> {
    const options = { ...DEFAULTS, ...defined(given) };
    const { config, reporter } = options;
    const clipsOf = async (list: string) =>
      openCheckedClips(
        {
          folder: options.wavs,
          ids: parseFileList(await readFileList(list), list),
          samplingRate: config.sampling_rate,
          ...(options.cacheBytes !== undefined && { cacheBytes: options.cacheBytes }),
        },
        { warn: (text) => reporter.warn(text), signal: options.signal },
      );
    const clips = await clipsOf(options.trainingFile);
    const validationClips = await validationOf(options, clipsOf);

    const made = makeFolder(options.out);
    const lock = await RunLock.take(options.out, (text) => reporter.warn(text));
    try {
      return await Run.openLocked(options, lock, clips, validationClips);
    } catch (error) {
      await lock.release();
      // What failed before anything was written leaves no folder behind.
      removeMade(options.out, made);
      throw error;
    }
  }

  private static async openLocked(
    options: RunOptions & typeof DEFAULTS,
    lock: RunLock,
    clips: ClipSource,
    validationClips: ClipSource | undefined,
  ): Promise<Run> {
    const { config, reporter } = options;
    const folder = await RunFolder.open(options.out);
    const latest = await folder.latest();
    if (!latest && options.resume) {
      throw new Error(
        `${options.out}: has no checkpoint and must have one, because --resume goes on from it; name the folder of the run, or leave --resume out to begin`,
      );
    }
    const trainer = latest ? await resumed(latest, options) : await begun(options);
    try {
      const batches = new Batches({
        clips,
        batchSize: config.batch_size,
        segmentSize: config.segment_size,
        mel: createMelSpectrogram(melOptions(config)),
        seed: trainer.seed,
      });
      // A smaller batch or a longer list since then: the place may lie past the epoch's end.
      if (trainer.place.batch >= batches.perEpoch) {
        trainer.place = { epoch: trainer.place.epoch + 1, batch: 0 };
      }
      await folder.writeConfig(config);
      reporter.line(
        latest
          ? `goes on from ${latest.generator}: ${trainer.steps} steps done, epoch ${trainer.place.epoch}`
          : `begins in ${options.out}`,
      );
      const log = new RunLog(folder.path);
      // Of a run that is begun anew, the measurement before it (step -1), too.
      const gone = await log.cut(latest ? trainer.steps : -1);
      if (gone > 0) {
        reporter.line(`log.ndjson: ${gone} lines of steps that are done anew taken out`);
      }
      reporter.line(
        `${clips.ids.length} clips, ${batches.perEpoch} steps an epoch, batch ${config.batch_size}` +
          (trainer.steps < trainer.adversarialStart
            ? `; the discriminators join at step ${trainer.adversarialStart}`
            : ''),
      );
      reporter.line(
        `learning rate ${trainer.learningRate.toPrecision(4)} (learning_rate ${config.learning_rate} × lr_decay ${config.lr_decay} ^ epoch ${trainer.place.epoch})`,
      );
      return new Run(options, {
        ...{ folder, lock, log, trainer, batches, validationClips },
        saved: latest,
      });
    } catch (error) {
      trainer.dispose();
      throw error;
    }
  }

  /** Trains to the end; whatever stops it, what was learned until then is saved first. */
  async train(): Promise<RunResult> {
    try {
      return await this.toTheEnd();
    } catch (error) {
      // Weights that make a NaN are worth nothing.
      if (error instanceof SpoiltError) throw error;
      throw await this.afterSaving(error);
    }
  }

  private async toTheEnd(): Promise<RunResult> {
    const { options, trainer, batches } = this;
    const { signal, reporter, now = () => performance.now() } = options;
    const pace = new Pace(now);
    const { epochs = Infinity, maxSteps = Infinity, maxMinutes = Infinity } = options;
    const { place } = trainer;
    const end = {
      lastStep: Math.min(
        maxSteps,
        // From here, since earlier epochs may have been of another length.
        trainer.steps + (epochs - place.epoch) * batches.perEpoch - place.batch,
      ),
      deadline: now() + maxMinutes * 60_000,
    };
    const mostEpochs = options.epochs ?? USUAL_EPOCHS;
    const isOver = () =>
      trainer.steps >= maxSteps || trainer.place.epoch >= mostEpochs || now() >= end.deadline;
    let losses: StepLosses | undefined;
    let next: Promise<Batch> | undefined;
    if (trainer.steps === 0 && !isOver()) await this.validate();
    pace.restart();
    while (!isOver() && !signal?.aborted) {
      const batch = await (next ?? batches.at(trainer.place));
      const after = batches.after(trainer.place);
      // The next batch is read while this one computes.
      next = batches.at(after);
      next.catch(() => undefined);
      const { epoch } = trainer.place;
      const { learningRate } = trainer;
      losses = await this.orExplain(trainer.step(batch, after));
      const index = trainer.steps - 1;
      const progress = pace.after(trainer.steps, {
        epoch,
        mel: losses.mel,
        ...end,
      });
      reporter.progress?.(progress);
      if (index % options.stdoutInterval === 0) reporter.line(describeStep(progress, losses));
      if (index % options.summaryInterval === 0) {
        await this.log.write({
          time: new Date().toISOString(),
          step: index,
          epoch,
          learning_rate: learningRate,
          gen_loss_total: losses.generator,
          mel_spec_error: losses.mel,
          ...(losses.discriminator !== undefined && { disc_loss_total: losses.discriminator }),
          losses: losses.parts,
          steps_per_second: progress.stepsPerSecond,
        });
      }
      // As upstream: after step 5000 and not before the first.
      if (index > 0 && index % options.checkpointInterval === 0) {
        await this.save();
        pace.restart();
      }
      if (index > 0 && index % options.validationInterval === 0) {
        await this.validate();
        pace.restart();
      }
      // A native step blocks: let Ctrl-C in.
      await breathe();
    }
    await next?.catch(() => undefined);
    const interrupted = signal?.aborted === true && !isOver();
    await this.save();
    if (!interrupted && trainer.steps > 0 && this.validatedSteps !== trainer.steps) {
      await this.validate();
    }
    return {
      reason: interrupted ? 'interrupted' : 'finished',
      steps: trainer.steps,
      epoch: trainer.place.epoch,
      ...(this.saved && { checkpoint: this.saved }),
      ...(losses && { losses }),
      ...(this.validation && { validation: this.validation }),
    };
  }

  async dispose(): Promise<void> {
    this.trainer.dispose();
    await this.lock.release();
  }

  private async save(): Promise<void> {
    const { trainer, folder, options } = this;
    if (trainer.steps === 0 || (this.saved && this.savedSteps === trainer.steps)) return;
    const { generator, training, metadata } = await exportTrainer(trainer);
    this.saved = await folder.write(
      trainer.steps - 1,
      writeSafetensors(generator, { steps: metadata.steps }),
      writeSafetensors(training, metadata),
    );
    this.savedSteps = trainer.steps;
    await folder.prune(options.keepLast);
    options.reporter.line(`saved ${this.saved.generator}`);
  }

  private async validate(): Promise<void> {
    const { trainer, validationClips, options } = this;
    if (!validationClips) return;
    const { signal } = options;
    let validation: Validation;
    try {
      validation = await validate(
        trainer.generator,
        options.config,
        validationClips,
        options.validationClips,
        async () => {
          await breathe();
          signal?.throwIfAborted();
        },
      );
    } catch (error) {
      // Ctrl-C: half a measurement is none.
      if (signal?.aborted) return;
      throw error;
    }
    this.validatedSteps = trainer.steps;
    if (validation.clips.length === 0) {
      options.reporter.warn(
        `${options.validationFile}: all its clips are too short for a mel spectrogram: the training is not measured`,
      );
      return;
    }
    this.validation = validation;
    options.reporter.line(
      `validation after ${trainer.steps} steps: mel error ${validation.mel.toFixed(4)} over ${validation.clips.length} clips`,
    );
    await this.log.write({
      time: new Date().toISOString(),
      step: trainer.steps - 1,
      validation_mel_spec_error: validation.mel,
    });
  }

  /** Saves; the error that is to be thrown then, which tells of a failure to save, too. */
  private async afterSaving(error: unknown): Promise<unknown> {
    try {
      await this.save();
      return error;
    } catch (second) {
      const [first, also] = [error, second].map((one) =>
        one instanceof Error ? one.message : String(one),
      );
      // Where saving was what failed, it fails again in the same words.
      if (also === first) return error;
      return new Error(
        `${first}; and what was learned since could not be saved: ${also}; ${this.lastSaved}`,
        {
          cause: error,
        },
      );
    }
  }

  private get lastSaved(): string {
    return this.saved
      ? `the last good checkpoint is ${this.saved.generator}`
      : 'there is no checkpoint yet';
  }

  private async orExplain<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      throw new SpoiltError(
        `${error.message}; ${this.lastSaved}. Lower learning_rate, or look at these recordings`,
        { cause: error },
      );
    }
  }
}

/** None where no list is given, or one that `prepare` left empty. */
async function validationOf(
  { validationFile, reporter }: RunOptions,
  clipsOf: (list: string) => Promise<ClipSource>,
): Promise<ClipSource | undefined> {
  if (!validationFile) return undefined;
  if ((await readFileList(validationFile)).trim() === '') {
    reporter.warn(`${validationFile} is empty: the training is not measured`);
    return undefined;
  }
  return clipsOf(validationFile);
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

/** Leaves out keys that are undefined, which would hide defaults. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T;
}

function breathe(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
