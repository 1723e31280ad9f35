import { readdir } from 'node:fs/promises';
import type { HifiGanConfig } from '@hifigan/config';
import { generatorWork, type NetworkWork } from '@hifigan/models';
import { type StepMemory, stepMemory } from '../step-memory.js';
import { parametersOf, type StepWork, stepOperations, stepWork } from '../step-work.js';
import { evenly, framesAtATime } from '../validation.js';
import { type BesideMemory, besideMemory } from './beside-memory.js';
import { checkRecordings, tellMixed } from './check-recordings.js';
import { storedMelsOf, threadsOf } from './data-options.js';
import { withoutEnding } from './decode-recording.js';
import { parseFileList, readFileList } from './file-list.js';
import { openRecordedClips } from './recorded-clips.js';
import { type RunOptions, USUAL_EPOCHS, USUAL_VALIDATION_CLIPS } from './run-options.js';

/** A signal on its way. */
export interface NamedShape {
  readonly name: string;
  /** `[signals, samples, channels]` */
  readonly shape: readonly number[];
}

/** What a training would do. */
export interface TrainingPlan {
  readonly clips: number;
  /** Of all training clips, from their headers. */
  readonly hours: number;
  readonly validationClips: number;
  readonly validationHours: number;
  /** Training clips shorter than a segment, which is filled with silence. */
  readonly shortClips: number;
  /** Folder of the mels that the generator reads; absent: they are made of the recordings. */
  readonly mels?: string;
  /** Whether crops see the audio beside them. */
  readonly cropContext: boolean;
  /** Threads that read recordings ahead of the steps. */
  readonly dataThreads: number;
  /** Recordings in the folder that neither list names; those in folders of it are not counted. */
  readonly unlistedClips: number;
  readonly batchSize: number;
  readonly segmentSeconds: number;
  readonly stepsPerEpoch: number;
  /** Clips that fill no batch any more: others each epoch. */
  readonly clipsOver: number;
  /** Of the whole training, whose end epochs or steps give. */
  readonly steps: number;
  /** That those steps take; the last may not be whole. */
  readonly epochs: number;
  /** The step at which the discriminators join; at `steps` or after: never. */
  readonly adversarialStart: number;
  /** `[batch, frames, mels]` */
  readonly melShape: readonly number[];
  /** `[batch, samples, 1]` */
  readonly audioShape: readonly number[];
  /** Clips that go through the networks together. */
  readonly microBatch: number;
  /** What the generator makes of a mel on the way: `conv_pre`, then each stage. */
  readonly generatorShapes: readonly NamedShape[];
  /** What each period and each scale reads. */
  readonly discriminatorInputs: readonly NamedShape[];
  /** All that is trained. */
  readonly parameters: {
    readonly generator: number;
    readonly mpd: number;
    readonly msd: number;
  };
  /** An estimate: what the backend holds where it holds most. */
  readonly memory: StepMemory;
  /** An estimate: what the process holds besides. */
  readonly besideMemory: BesideMemory;
  /** Of one step, an estimate: before the discriminators join, and after. */
  readonly operations: { readonly melOnly: number; readonly adversarial: number };
}

export type PlanOptions = Pick<
  RunOptions,
  | 'config'
  | 'wavs'
  | 'trainingFile'
  | 'validationFile'
  | 'validationClips'
  | 'adversarialStart'
  | 'epochs'
  | 'maxSteps'
  | 'microBatch'
  | 'data'
  | 'cacheBytes'
  | 'optimization'
  | 'signal'
> & {
  /** Of the backend, see `StepMemoryOptions`. */
  readonly filterCopies?: number;
};

/**
 * Looks at the data and the configuration as a training would, and makes nothing.
 *
 * @param warn told of what is odd about the recordings
 * @throws where lists or recordings are missing or wrong; the signal's reason where that is aborted
 */
export async function planTraining(
  options: PlanOptions,
  warn: (text: string) => void = () => undefined,
): Promise<TrainingPlan> {
  const { config, adversarialStart = 0, data = {} } = options;
  const { batch_size: batchSize, segment_size: samples } = config;
  const { clips, lengths, held, heldLengths, unlisted } = await lookAtData(options, warn);
  const stepsPerEpoch = Math.max(1, Math.floor(clips / batchSize));
  const { epochs = USUAL_EPOCHS, maxSteps = Infinity } = options;
  const steps = Math.min(maxSteps, epochs * stepsPerEpoch);
  const work = stepWork(config);
  // `auto` begins with the whole batch.
  const given = typeof options.microBatch === 'number' ? options.microBatch : batchSize;
  const microBatch = Math.min(batchSize, given);
  const step = { clips: batchSize, atATime: microBatch };
  const segmentSeconds = samples / config.sampling_rate;
  const longest = heldLengths.reduce((most, one) => Math.max(most, one), 0);
  const heldFrames = Math.floor((longest * config.sampling_rate) / config.hop_size);
  const memory = stepMemory(work, {
    ...step,
    adversarial: adversarialStart < steps,
    filterCopies: options.filterCopies,
    average: (options.optimization?.emaDecay ?? 0) > 0,
    ...(heldFrames > 0 && { validation: generatorWork(config, framesAtATime(config, heldFrames)) }),
  });
  return {
    clips,
    hours: sum(lengths) / 3600,
    validationClips: held,
    validationHours: sum(heldLengths) / 3600,
    shortClips: lengths.filter((seconds) => seconds < segmentSeconds).length,
    ...(data.mels && { mels: data.mels }),
    cropContext: data.cropContext ?? false,
    dataThreads: threadsOf(options),
    unlistedClips: unlisted,
    batchSize,
    segmentSeconds,
    stepsPerEpoch,
    clipsOver: Math.max(0, clips - stepsPerEpoch * batchSize),
    steps,
    epochs: Math.ceil(steps / stepsPerEpoch),
    adversarialStart,
    melShape: [batchSize, samples / config.hop_size, config.num_mels],
    audioShape: [batchSize, samples, 1],
    microBatch,
    ...shapesOf(work, config),
    parameters: {
      generator: work.generator.parameters,
      mpd: parametersOf(work.mpd),
      msd: parametersOf(work.msd),
    },
    memory,
    besideMemory: besideMemory({
      ...{ config, memory, threads: threadsOf(options), cacheBytes: options.cacheBytes },
      seconds: sum(lengths),
      validated: evenly(held, options.validationClips ?? USUAL_VALIDATION_CLIPS).map(
        (index) => heldLengths[index] ?? 0,
      ),
    }),
    operations: {
      melOnly: stepOperations(work, { ...step, adversarial: false }),
      adversarial: stepOperations(work, { ...step, adversarial: true }),
    },
  };
}

async function lookAtData(options: PlanOptions, warn: (text: string) => void) {
  const { wavs: folder, trainingFile, validationFile, signal } = options;
  const { sampling_rate: samplingRate } = options.config;
  const idsOf = async (list: string) => parseFileList(await readFileList(list), list);
  const place = { folder, samplingRate, ...storedMelsOf(options) };
  const { ids } = openRecordedClips({ ...place, ids: await idsOf(trainingFile) });
  const lookAt = async (ids: readonly string[]) => {
    const { lengths, mixed } = await checkRecordings({ ...place, ids, signal });
    signal?.throwIfAborted();
    tellMixed(mixed, warn);
    return lengths;
  };
  const lengths = await lookAt(ids);
  const empty = !validationFile || (await readFileList(validationFile)).trim() === '';
  const held = empty ? [] : await idsOf(validationFile);
  openRecordedClips({ ...place, ids: held });
  const heldLengths = await lookAt(held);
  const listed = new Set([...ids, ...held]);
  const unlisted = (await readdir(folder)).filter(
    (name) => withoutEnding(name) !== name && !listed.has(withoutEnding(name)),
  );
  return { clips: ids.length, lengths, held: held.length, heldLengths, unlisted: unlisted.length };
}

function shapesOf(
  { generator, mpd, msd }: StepWork,
  { batch_size: batch }: HifiGanConfig,
): Pick<TrainingPlan, 'generatorShapes' | 'discriminatorInputs'> {
  const onTheWay = generator.layers.filter(({ name }) => /^(conv_pre|ups\.\d+)$/.test(name));
  const inputOf = ({ name, layers: [{ signals, inTime }] }: NetworkWork): NamedShape => ({
    name,
    shape: [batch * signals, inTime, 1],
  });
  return {
    generatorShapes: onTheWay.map(({ name, outTime, outChannels }) => ({
      name,
      shape: [batch, outTime, outChannels],
    })),
    discriminatorInputs: [...mpd, ...msd].map(inputOf),
  };
}

function sum(numbers: Float64Array): number {
  return numbers.reduce((total, one) => total + one, 0);
}
