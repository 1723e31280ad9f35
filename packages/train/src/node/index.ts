export { breathe } from './breathe.js';
export type { Colour } from './colour-map.js';
export type { DataOptions } from './data-options.js';
export { listedNames, parseFileList } from './file-list.js';
export type { LockHolder } from './file-lock.js';
export { FileLock, LockHeldError } from './file-lock.js';
export { FolderError, makeFolder, probeFolder } from './make-folder.js';
export { headlinesOf } from './measure-speech.js';
export { checkReadsAtOnce } from './mpi/check-reads.js';
export { findLauncher } from './mpi/launcher.js';
export { MpiError } from './mpi/mpi-library.js';
export type { OpenRanks } from './mpi/open-ranks.js';
export { openRanks } from './mpi/open-ranks.js';
export { checkRankCount, describeStandIn } from './mpi/rank-plan.js';
export type { Ranks } from './mpi/ranks.js';
export { describeLosses } from './pace.js';
export type { NamedShape, PlanOptions, TrainingPlan } from './plan.js';
export { planTraining } from './plan.js';
export type { ClipMeasure, RecordOptions, RunRecord } from './record-options.js';
export type { RecordedClipsOptions, StoredMels } from './recorded-clips.js';
export { openRecordedClips } from './recorded-clips.js';
export type { OpenedReference } from './reference-checkpoint.js';
export { openReferenceCheckpoint } from './reference-checkpoint.js';
export type { BestCheckpoint } from './run-best.js';
export { readBest } from './run-best.js';
export type { CheckpointFiles } from './run-folder.js';
export { RunFolder } from './run-folder.js';
export type { Reporter, RunProgress, ValidationProgress } from './run-log.js';
export type { RunOptions, RunResult } from './run-options.js';
export { EVENT_FOLDER } from './run-records.js';
export { runTraining } from './run-training.js';
export type { MelRange, Picture } from './spectrogram-image.js';
export { drawMel, drawMelDifference, melRange, toPng } from './spectrogram-image.js';
export type { MemoryUse, StepRecord, ValidationRecord } from './step-record.js';
export type { RunSurvey, SurveyOptions } from './survey-run.js';
export { surveyRun } from './survey-run.js';
export { EventFile, eventFilesIn } from './tensorboard/event-file.js';
export type {
  AudioValue,
  ImageValue,
  LogEvent,
  LogValue,
  ScalarValue,
  TextValue,
} from './tensorboard/log-event.js';
export type { EventPlace, FoundEvent } from './tensorboard/read-events.js';
export { readEventAt, readEvents } from './tensorboard/read-events.js';
export {
  asSave,
  removeUnfinished,
  savesUnderWay,
  trackUnfinished,
} from './unfinished.js';
export { SAMPLED_CLIPS, sampleTags } from './validation-samples.js';
export type { FileBytes, FileContent, FileDraft } from './write-file.js';
export { openDraft, WriteError, writeFileAtomically, writeFilesAtomically } from './write-file.js';
