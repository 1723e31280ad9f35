import type { ClipSource } from '../clip.js';
import type { Trainer } from '../trainer.js';
import { adviseResume } from './advise-resume.js';
import type { BatchStream } from './batch-stream.js';
import { openCheckedClips } from './check-recordings.js';
import { counted } from './counted.js';
import { settleDataKind } from './data-kind.js';
import { storedMelsOf } from './data-options.js';
import { describeData } from './describe-data.js';
import { listOddities, parseFileList, readFileList } from './file-list.js';
import type { FileLock } from './file-lock.js';
import { makeFolder, removeMade } from './make-folder.js';
import { comparePremises } from './mpi/follow-training.js';
import { giveState } from './mpi/share-state.js';
import { openBatches } from './open-batches.js';
import type { RecordedClipsOptions } from './recorded-clips.js';
import { readBest } from './run-best.js';
import { RunCheckpoints } from './run-checkpoints.js';
import { compareRunConfig } from './run-config.js';
import { RunFolder } from './run-folder.js';
import { takeRunLock } from './run-lock.js';
import { RunLog } from './run-log.js';
import type { RunSettings } from './run-options.js';
import { RunRecords } from './run-records.js';
import { openTrainer } from './run-trainer.js';
import { RunValidation } from './run-validation.js';
import { nothingToResume } from './survey-run.js';

/** What a run consists of. */
export interface RunParts {
  readonly trainer: Trainer;
  /** Of one step after the other. */
  readonly batches: BatchStream;
  readonly records: RunRecords;
  readonly log: RunLog;
  readonly checkpoints: RunCheckpoints;
  readonly validation: RunValidation;
  /** Writes the configuration into the folder, where it has another or none; for the moment after a step. */
  keepConfig(): Promise<void>;
  /** Ends the reading, frees the trainer's tensors and lets go of the folder. */
  dispose(): Promise<void>;
}

/**
 * Opens the recordings and the folder of a run, which is this process's alone until the parts are disposed of.
 *
 * @throws where files are missing or wrong, or another run holds the folder
 */
export async function openRun(options: RunSettings): Promise<RunParts> {
  const { config, reporter } = options;
  const placeOf = async (list: string): Promise<RecordedClipsOptions> => ({
    folder: options.wavs,
    ids: parseFileList(await readFileList(list), list),
    samplingRate: config.sampling_rate,
    ...storedMelsOf(options),
    ...(options.cacheBytes !== undefined && { cacheBytes: options.cacheBytes }),
  });
  const look = { warn: (text: string) => reporter.warn(text), signal: options.signal };
  const clipsOf = async (list: string) => openCheckedClips(await placeOf(list), look);
  const clips = await placeOf(options.trainingFile);
  await openCheckedClips(clips, look);
  const validationClips = await validationOf(options, clipsOf);
  for (const text of listOddities(clips.ids, validationClips?.ids)) reporter.warn(text);

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
        await parts.batches.dispose();
        parts.trainer.dispose();
        await parts.records.close();
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
  clips: RecordedClipsOptions,
  validationClips: ClipSource | undefined,
): Promise<Omit<RunParts, 'dispose'>> {
  const { config, reporter } = options;
  const folder = await RunFolder.open(options.out);
  const latest = await folder.latest();
  if (!latest && options.resume) throw nothingToResume(options.out);
  const configDiffers = await compareRunConfig({
    folder,
    config,
    from: latest,
    force: options.force,
    warn: (text) => reporter.warn(text),
  });
  const { data = {} } = options;
  const dataKind = await settleDataKind({
    ...{ data, ids: clips.ids },
    from: latest,
    warn: (text) => reporter.warn(text),
  });
  const whole = await folder.checkpoints();
  const best = await readBest(folder.path);
  const trainer = await openTrainer({ checkpoints: whole, reference: folder.reference }, options);
  try {
    const { stream: batches, threads } = openBatches({
      ...{ config, clips, data },
      ...{ kind: dataKind, seed: trainer.seed },
      ...(options.ranks && { share: options.ranks.share }),
    });
    // A smaller batch or a longer list since then: the place may lie past the epoch's end.
    if (trainer.place.batch >= batches.perEpoch) {
      trainer.place = { epoch: trainer.place.epoch + 1, batch: 0 };
    }
    if (options.ranks) {
      await giveState(options.ranks, trainer);
      comparePremises(options.ranks, options, clips.ids, dataKind);
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
    for (const line of optimizationLines(trainer)) reporter.line(line);
    for (const line of describeData(dataKind, threads, options)) reporter.line(line);
    const records = await RunRecords.open({
      ...{ folder: folder.path, log, settings: options },
      steps: trainer.steps,
    });
    if (log.validation) reporter.validated?.(log.validation);
    let due = configDiffers;
    return {
      async keepConfig() {
        if (due) await folder.writeConfig(config);
        due = false;
      },
      trainer,
      batches,
      records,
      log,
      checkpoints: new RunCheckpoints({
        ...{ folder, trainer, dataKind, log },
        from: latest,
        // It may have been removed by hand.
        best: whole.some(({ number }) => number === best?.number) ? best : undefined,
        settings: options,
      }),
      validation: new RunValidation({
        ...{ clips: validationClips, trainer, log, records },
        settings: options,
      }),
    };
  } catch (error) {
    trainer.dispose();
    throw error;
  }
}

/** The effective learning rate, and what else is done to updates. */
function optimizationLines(trainer: Trainer): string[] {
  const { config, optimization, learningRate, discriminatorLearningRate, place } = trainer;
  const { clipNorm, emaDecay } = optimization;
  const ofDiscriminators =
    discriminatorLearningRate === learningRate
      ? ''
      : `; of the discriminators ${discriminatorLearningRate.toPrecision(4)}`;
  return [
    `learning rate ${learningRate.toPrecision(4)} (learning_rate ${config.learning_rate} × lr_decay ${config.lr_decay} ^ epoch ${place.epoch})${ofDiscriminators}`,
    ...(clipNorm ? [`gradients are clipped at a global norm of ${clipNorm}`] : []),
    ...(emaDecay ? [`weights are averaged, decay ${emaDecay}; the averages are validated`] : []),
  ];
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
