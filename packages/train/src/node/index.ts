export { parseFileList } from './file-list.js';
export type { CheckpointFiles } from './run-folder.js';
export { RunFolder } from './run-folder.js';
export type { Reporter, RunProgress } from './run-log.js';
export type { RunOptions, RunResult } from './run-training.js';
export { runTraining } from './run-training.js';
export type { WavClipsOptions } from './wav-clips.js';
export { openWavClips } from './wav-clips.js';
