import { createMelSpectrogram, melOptions } from '@hifigan/audio';
import { Batches, type ClipSource } from '../batches.js';
import type { Trainer } from '../trainer.js';
import { adviseResume } from './advise-resume.js';
import { openCheckedClips } from './check-recordings.js';
import { counted } from './counted.js';
import { parseFileList, readFileList } from './file-list.js';
import type { FileLock } from './file-lock.js';
import { makeFolder, removeMade } from './make-folder.js';
import { comparePremises } from './mpi/follow-training.js';
import { giveState } from './mpi/share-state.js';
import { RunCheckpoints } from './run-checkpoints.js';
import { compareRunConfig } from './run-config.js';
import { RunFolder } from './run-folder.js';
import { takeRunLock } from './run-lock.js';
import { RunLog } from './run-log.js';
import type { RunSettings } from './run-options.js';
import { openTrainer } from './run-trainer.js';
import { RunValidation } from './run-validation.js';

/** What a run consists of. */
export interface RunParts {
  readonly trainer: Trainer;
  readonly batches: Batches;
  readonly log: RunLog;
  readonly checkpoints: RunCheckpoints;
  readonly validation: RunValidation;
  /** Writes the configuration into the folder, where it has another or none; for the moment after a step. */
  keepConfig(): Promise<void>;
  /** Frees the trainer's tensors and lets go of the folder. */
  dispose(): Promise<void>;
}

/**
 * Opens the recordings and the folder of a run, which is this process's alone until the parts are disposed of.
 *
 * @throws where files are missing or wrong, or another run holds the folder
 */
export async function openRun(options: RunSettings): Promise<RunParts> {
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
  let lock: FileLock | undefined;
  const leave = async () => {
    await lock?.release();
    // Where nothing was written, no folder is left behind.
    removeMade(options.out, made);
  };
  try {
    const warn = (text: string) => reporter.warn(text);
    lock = await takeRunLock(options.out, warn).catch(adviseResume);
    const parts = await openLocked(options, clips, validationClips);
    return {
      ...parts,
      async dispose() {
        parts.trainer.dispose();
        await leave();
      },
    };
  } catch (error) {
    await leave();
    throw error;
  }
}

async function openLocked(
  options: RunSettings,
  clips: ClipSource,
  validationClips: ClipSource | undefined,
): Promise<Omit<RunParts, 'dispose'>> {
  const { config, reporter } = options;
  const folder = await RunFolder.open(options.out);
  const latest = await folder.latest();
  if (!latest && options.resume) {
    throw new Error(
      `${options.out}: has no checkpoint and must have one, because --resume goes on from it; name the folder of the run, or leave --resume out to begin`,
    );
  }
  const configDiffers = await compareRunConfig({
    folder,
    config,
    from: latest,
    force: options.force,
    warn: (text) => reporter.warn(text),
  });
  const trainer = await openTrainer(latest ? await folder.checkpoints() : [], options);
  try {
    const batches = new Batches({
      clips,
      batchSize: config.batch_size,
      segmentSize: config.segment_size,
      mel: createMelSpectrogram(melOptions(config)),
      seed: trainer.seed,
      ...(options.ranks && { share: options.ranks.share }),
    });
    // A smaller batch or a longer list since then: the place may lie past the epoch's end.
    if (trainer.place.batch >= batches.perEpoch) {
      trainer.place = { epoch: trainer.place.epoch + 1, batch: 0 };
    }
    if (options.ranks) {
      await giveState(options.ranks, trainer);
      comparePremises(options.ranks, options, clips.ids);
    }
    reporter.line(
      latest
        ? `goes on from ${latest.generator}: ${counted(trainer.steps, 'step')} done, epoch ${trainer.place.epoch}`
        : `begins in ${options.out}`,
    );
    const log = new RunLog(folder.path);
    // A run that begins anew also drops the measurement before its first step (step -1).
    const gone = await log.cut(latest ? trainer.steps : -1);
    if (gone > 0) {
      reporter.line(`log.ndjson: ${counted(gone, 'line')} of steps that are done anew taken out`);
    }
    reporter.line(
      `${counted(clips.ids.length, 'clip')}, ${counted(batches.perEpoch, 'step')} an epoch, batch ${config.batch_size}` +
        (trainer.microBatch.clips < config.batch_size
          ? `, ${counted(trainer.microBatch.clips, 'clip')} at a time`
          : '') +
        (trainer.steps < trainer.adversarialStart
          ? `; the discriminators join at step ${trainer.adversarialStart}`
          : ''),
    );
    reporter.line(
      `learning rate ${trainer.learningRate.toPrecision(4)} (learning_rate ${config.learning_rate} × lr_decay ${config.lr_decay} ^ epoch ${trainer.place.epoch})`,
    );
    let due = configDiffers;
    return {
      async keepConfig() {
        if (due) await folder.writeConfig(config);
        due = false;
      },
      trainer,
      batches,
      log,
      checkpoints: new RunCheckpoints({ folder, trainer, from: latest, settings: options }),
      validation: new RunValidation({ clips: validationClips, trainer, log, settings: options }),
    };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** None where no list is given, or one that `prepare` left empty. */
async function validationOf(
  { validationFile, reporter }: RunSettings,
  clipsOf: (list: string) => Promise<ClipSource>,
): Promise<ClipSource | undefined> {
  if (!validationFile) return undefined;
  if ((await readFileList(validationFile)).trim() === '') {
    reporter.warn(`${validationFile} is empty: the training is not measured`);
    return undefined;
  }
  return clipsOf(validationFile);
}
