import type { StepRecord, ValidationRecord } from './step-record.js';

/** What a run records beside log.ndjson, and for whom. */
export interface RecordOptions {
  /** Event files for TensorBoard in `logs/` of the run; default true. */
  readonly tensorboard?: boolean;
  /** Gets a record at each `stdoutInterval` (with details where log.ndjson gets it, too) and of each validation. */
  readonly onRecord?: (record: RunRecord) => void;
  /**
   * Further measures of speech, for each clip of a validation; the means over clips are recorded by these names.
   * Default: those of `@hifigan/metrics`, on the first ten seconds of a clip; false: none.
   */
  readonly measure?: ClipMeasure | false;
}

export type RunRecord =
  | (StepRecord & { readonly kind: 'step' })
  | (ValidationRecord & { readonly kind: 'validation' });

/**
 * Measures generated speech beside the recording.
 *
 * @param original and `generated`: of one length, samples in [−1, 1]; must not be changed
 * @param id of the clip, which is the same recording each time
 * @returns numbers by name, such as `stoi`; without those that do not apply to the clip
 */
export type ClipMeasure = (
  original: Float32Array,
  generated: Float32Array,
  samplingRate: number,
  id: string,
) => Readonly<Record<string, number>> | Promise<Readonly<Record<string, number>>>;
