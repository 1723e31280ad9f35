export { breathe } from './breathe.js';
export { parseFileList } from './file-list.js';
export type { LockHolder } from './file-lock.js';
export { FileLock, LockHeldError } from './file-lock.js';
export { FolderError, makeFolder, probeFolder } from './make-folder.js';
export { findLauncher } from './mpi/launcher.js';
export { MpiError } from './mpi/mpi-library.js';
export type { OpenRanks } from './mpi/open-ranks.js';
export { openRanks } from './mpi/open-ranks.js';
export { checkRankCount, describeStandIn } from './mpi/rank-plan.js';
export type { Ranks } from './mpi/ranks.js';
export type { NamedShape, PlanOptions, TrainingPlan } from './plan.js';
export { planTraining } from './plan.js';
export type { CheckpointFiles } from './run-folder.js';
export { RunFolder } from './run-folder.js';
export type { Reporter, RunProgress } from './run-log.js';
export type { RunOptions, RunResult } from './run-options.js';
export { runTraining } from './run-training.js';
export {
  asSave,
  removeUnfinished,
  savesUnderWay,
  trackUnfinished,
} from './unfinished.js';
export type { WavClipsOptions } from './wav-clips.js';
export { openWavClips } from './wav-clips.js';
export { WriteError, writeFileAtomically } from './write-file.js';
