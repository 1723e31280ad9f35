import type { HifiGanConfig } from '@hifigan/config';
import type { StepLosses } from '../step-losses.js';
import type { StepWaits } from './data-wait.js';
import type { RunProgress } from './run-log.js';
import type { ScalarValue } from './tensorboard/log-event.js';

/** A step that was done. */
export interface DoneStep {
  readonly losses: StepLosses;
  readonly progress: RunProgress;
  readonly learningRate: number;
  /** Where they have joined. */
  readonly discriminatorLearningRate?: number;
  /** Clips that went through the networks together, where those are fewer than a batch. */
  readonly microBatch?: number;
  /** Seconds that it waited for its batch. */
  readonly waitedSeconds: number;
}

/** Bytes that the training holds. */
export interface MemoryUse {
  /** Of the process, resident. */
  readonly rss_bytes: number;
  /** Of the backend: tensors, and what its kernels keep, where it tells. */
  readonly backend_bytes: number;
}

/** One line of log.ndjson, after a step. */
export interface StepRecord {
  /** ISO 8601. */
  readonly time: string;
  /** Index of the step, from 0. */
  readonly step: number;
  readonly epoch: number;
  /** Of the generator. */
  readonly learning_rate: number;
  readonly discriminator_learning_rate?: number;
  readonly gen_loss_total: number;
  readonly mel_spec_error: number;
  readonly disc_loss_total?: number;
  /** By network. */
  readonly losses: StepLosses['parts'];
  /** By period and scale: `disc_mpd_0` … */
  readonly details?: StepLosses['details'];
  readonly gradient_norms?: StepLosses['gradientNorms'];
  readonly micro_batch?: number;
  readonly steps_per_second: number;
  readonly clips_per_second: number;
  /** Seconds of audio that are learned from in a second. */
  readonly audio_seconds_per_second: number;
  /** That a step waited for its batch, in the mean over all steps since the record before. */
  readonly data_wait_mean_seconds: number;
  /** Of the one among them that waited longest. */
  readonly data_wait_max_seconds: number;
  readonly memory: MemoryUse;
}

/** One line of log.ndjson, after a validation. */
export interface ValidationRecord {
  readonly time: string;
  /** Index of the last step before it; −1 before the first. */
  readonly step: number;
  readonly validation_mel_spec_error: number;
  readonly validation_clips: readonly { readonly id: string; readonly mel: number }[];
  /** Means over the clips, of what else was measured. */
  readonly measures?: Readonly<Record<string, number>>;
}

export function stepRecord(
  { losses, progress, learningRate, discriminatorLearningRate, microBatch }: DoneStep,
  { batch_size, segment_size, sampling_rate }: HifiGanConfig,
  { waits, memory }: { readonly waits: StepWaits; readonly memory: MemoryUse },
): StepRecord {
  const { discriminator, details, gradientNorms } = losses;
  const clipsPerSecond = progress.stepsPerSecond * batch_size;
  return {
    time: new Date().toISOString(),
    step: progress.step - 1,
    epoch: progress.epoch,
    learning_rate: learningRate,
    ...(discriminatorLearningRate !== undefined && {
      discriminator_learning_rate: discriminatorLearningRate,
    }),
    gen_loss_total: losses.generator,
    mel_spec_error: losses.mel,
    ...(discriminator !== undefined && { disc_loss_total: discriminator }),
    losses: losses.parts,
    ...(details && { details }),
    ...(gradientNorms && { gradient_norms: gradientNorms }),
    ...(microBatch !== undefined && { micro_batch: microBatch }),
    steps_per_second: progress.stepsPerSecond,
    clips_per_second: clipsPerSecond,
    audio_seconds_per_second: (clipsPerSecond * segment_size) / sampling_rate,
    data_wait_mean_seconds: waits.mean,
    data_wait_max_seconds: waits.most,
    memory,
  };
}

/** The points of TensorBoard's curves; under the reference's names where it has them. */
export function scalarsOf(record: StepRecord): ScalarValue[] {
  const { losses, details, gradient_norms, memory } = record;
  return scalars({
    'training/gen_loss_total': record.gen_loss_total,
    'training/mel_spec_error': record.mel_spec_error,
    'training/disc_loss_total': record.disc_loss_total,
    ...within('losses', losses),
    ...within('losses_of_parts', details),
    ...within('gradient_norm', gradient_norms),
    'learning_rate/generator': record.learning_rate,
    'learning_rate/discriminators': record.discriminator_learning_rate,
    'progress/epoch': record.epoch,
    'throughput/steps_per_second': record.steps_per_second,
    'throughput/clips_per_second': record.clips_per_second,
    'throughput/audio_seconds_per_second': record.audio_seconds_per_second,
    'throughput/data_wait_mean_seconds': record.data_wait_mean_seconds,
    'throughput/data_wait_max_seconds': record.data_wait_max_seconds,
    ...within('memory', memory),
  });
}

export function validationScalars(record: ValidationRecord): ScalarValue[] {
  return scalars({
    'validation/mel_spec_error': record.validation_mel_spec_error,
    ...within('validation', record.measures),
  });
}

function within(
  group: string,
  values: object | undefined,
): Readonly<Record<string, number | undefined>> {
  return Object.fromEntries(
    Object.entries(values ?? {}).map(([name, value]) => [`${group}/${name}`, value]),
  );
}

function scalars(values: Readonly<Record<string, number | undefined>>): ScalarValue[] {
  return Object.entries(values).flatMap(([tag, value]) =>
    value === undefined ? [] : [{ kind: 'scalar', tag, value }],
  );
}
