export type { AdamWOptions } from './adamw.js';
export { AdamW } from './adamw.js';
export type { Batch, BatchOptions, Place } from './batches.js';
export { Batches } from './batches.js';
export type { Clip, ClipSource, PairedClipOptions } from './clip.js';
export { pairedClip, pairedFrames } from './clip.js';
export type { Crop, CropOptions } from './crop.js';
export { randomCrop } from './crop.js';
export type { FineTuningOptions, FineTuningRun, Learned, ValidatedStep } from './fine-tuning.js';
export { FINE_TUNING, FineTuning } from './fine-tuning.js';
export type { LogMel } from './log-mel.js';
export { createLogMel } from './log-mel.js';
export type { Judgement, Scores } from './losses.js';
export {
  adversarialLosses,
  discriminatorLosses,
  FEATURE_WEIGHT,
  featureLosses,
  meanAbsoluteDifference,
} from './losses.js';
export { measureSpeed } from './measure-speed.js';
export type { Optimization } from './optimization.js';
export type { MicroBatchOptions } from './parts.js';
export { MicroBatch } from './parts.js';
export { randomStream, shuffled } from './random.js';
export type { Recording, SplitRecordings } from './recordings.js';
export { splitRecordings } from './recordings.js';
export { peakNormalized, randomSegment } from './segment.js';
export type { Share } from './share.js';
export { itemsOf } from './share.js';
export type { SpectralLoss } from './spectral-loss.js';
export { createSpectralLoss } from './spectral-loss.js';
export type { SpectralLossName } from './spectral-views.js';
export { MEL_SCALES, MEL_WEIGHT } from './spectral-views.js';
export type { LossSum, StepLosses } from './step-losses.js';
export type { StepMemory, StepMemoryOptions } from './step-memory.js';
export { stepMemory } from './step-memory.js';
export type { StepTimeOptions } from './step-time.js';
export { stepSeconds } from './step-time.js';
export type { StepWork } from './step-work.js';
export { stepOperations, stepWork } from './step-work.js';
export { Tape, valueAndGradients } from './tape.js';
export type { TorchCheckpoint } from './torch-checkpoint.js';
export {
  fromTorchCheckpoint,
  optimizerDifferences,
  toTorchCheckpoint,
} from './torch-checkpoint.js';
export type { StepOptions, TrainerOptions } from './trainer.js';
export { NonFiniteLossError, Trainer } from './trainer.js';
export type { TrainerState } from './trainer-state.js';
export {
  adversarialStartOf,
  exportTrainer,
  generatorMetadata,
  importTrainer,
  seedOf,
} from './trainer-state.js';
export type {
  Adversary,
  DiscriminatorName,
  LossName,
  LossTensors,
  StepInput,
  StepTensors,
  Training,
} from './training-step.js';
export { trainingStep } from './training-step.js';
export type {
  GradientObserver,
  GradientOptions,
  GradientReady,
  GradientReducer,
  UpdateOf,
} from './update.js';
export { globalNorm } from './update.js';
export type { MeasuredClip, ValidateOptions, Validation } from './validation.js';
export { validate } from './validation.js';
export { WeightAverage } from './weight-average.js';
