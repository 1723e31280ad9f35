import type { ClipSource } from '../clip.js';
import type { Trainer } from '../trainer.js';
import { type MeasuredClip, type Validation, validate } from '../validation.js';
import { breathe } from './breathe.js';
import { counted } from './counted.js';
import { MeanMeasures } from './mean-measures.js';
import { headlinesOf, measureSpeech } from './measure-speech.js';
import type { ClipMeasure } from './record-options.js';
import type { RunLog } from './run-log.js';
import type { RunSettings } from './run-options.js';
import type { RunRecords } from './run-records.js';
import type { ValidationRecord } from './step-record.js';
import { ValidationSamples } from './validation-samples.js';

export interface RunValidationOptions {
  /** None: nothing is measured. */
  readonly clips: ClipSource | undefined;
  readonly trainer: Trainer;
  readonly log: RunLog;
  readonly records: RunRecords;
  readonly settings: RunSettings;
}

/** Measures what a run has learned, on clips that it does not learn from. */
export class RunValidation {
  private readonly given: RunValidationOptions;
  private validation: Validation | undefined;
  /** Steps done when that was measured. */
  private steps: number | undefined;

  private readonly measureClip: ClipMeasure | undefined;

  constructor(given: RunValidationOptions) {
    this.given = given;
    const { records, config } = given.settings;
    this.measureClip = (records?.measure ?? measureSpeech(config)) || undefined;
  }

  get last(): Validation | undefined {
    return this.validation;
  }

  /** Whether the trainer has done no step since it was measured. */
  get isCurrent(): boolean {
    return this.steps === this.given.trainer.steps;
  }

  async measure(): Promise<void> {
    const { clips, trainer, log, records, settings } = this.given;
    if (!clips) return;
    const { signal, config } = settings;
    const samples = new ValidationSamples(config);
    const measures = new MeanMeasures(this.measureClip, config.sampling_rate);
    let index = 0;
    const pause = async () => {
      await breathe();
      signal?.throwIfAborted();
    };
    const onClip = async (clip: MeasuredClip) => {
      if (records.keepsSamples) samples.add(index, clip, !records.hasRecording(index, clip.id));
      index++;
      await measures.add(clip);
      await pause();
    };
    let validation: Validation;
    try {
      const most = settings.validationClips;
      validation = await validate(trainer.evaluated, config, clips, { most, pause, onClip });
    } catch (error) {
      // Ctrl-C: half a measurement is none.
      if (signal?.aborted) return;
      throw error;
    }
    this.steps = trainer.steps;
    if (validation.clips.length === 0) {
      settings.reporter.warn(
        `${settings.validationFile}: all its clips are too short for a mel spectrogram: the training is not measured`,
      );
      return;
    }
    this.validation = validation;
    const { means } = measures;
    const told = headlinesOf(means).map(([name, mean]) => `, ${name} ${mean.toFixed(4)}`);
    settings.reporter.line(
      `validation after ${counted(trainer.steps, 'step')}: mel error ${validation.mel.toFixed(4)} over ${counted(validation.clips.length, 'clip')}${told.join('')}${trainer.average ? ', averaged weights' : ''}`,
    );
    const record: ValidationRecord = {
      time: new Date().toISOString(),
      step: trainer.steps - 1,
      validation_mel_spec_error: validation.mel,
      validation_clips: validation.clips,
      ...(means && { measures: means }),
    };
    await records.validation(record, samples.values);
    if (log.validation) settings.reporter.validated?.(log.validation);
  }
}
