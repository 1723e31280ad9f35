import type { Job } from '../files/plan-outputs.js';
import type { SoundFormat } from './sound-encoder.js';
import type { AboutSpeaker, SpokenFile } from './speak-file.js';
import type { SpeakOptions } from './synth-options.js';

/** What can be asked of a process that speaks, one after the other. */
export type WorkerQuestion =
  | { readonly ask: 'start'; readonly options: SpeakOptions & { readonly format: SoundFormat } }
  | { readonly ask: 'speak'; readonly job: Pick<Job, 'file' | 'output'> }
  /** Tells what was only counted. */
  | { readonly ask: 'finish' };

/** What it answers. */
export interface WorkerAnswers {
  readonly start: AboutSpeaker;
  readonly speak: SpokenFile;
  readonly finish: null;
}

/** What it tells while it speaks; no share where none is known (JSON has no NaN). */
export interface WorkerNews {
  readonly share: number | null;
  readonly seconds: number;
}
