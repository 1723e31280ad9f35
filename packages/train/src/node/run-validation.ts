import type { ClipSource } from '../clip.js';
import type { Trainer } from '../trainer.js';
import { type Validation, validate } from '../validation.js';
import { breathe } from './breathe.js';
import { counted } from './counted.js';
import type { RunLog } from './run-log.js';
import type { RunSettings } from './run-options.js';

export interface RunValidationOptions {
  /** None: nothing is measured. */
  readonly clips: ClipSource | undefined;
  readonly trainer: Trainer;
  readonly log: RunLog;
  readonly settings: RunSettings;
}

/** Measures what a run has learned, on clips that it does not learn from. */
export class RunValidation {
  private readonly given: RunValidationOptions;
  private validation: Validation | undefined;
  /** Steps done when that was measured. */
  private steps: number | undefined;

  constructor(given: RunValidationOptions) {
    this.given = given;
  }

  get last(): Validation | undefined {
    return this.validation;
  }

  /** Whether the trainer has done no step since it was measured. */
  get isCurrent(): boolean {
    return this.steps === this.given.trainer.steps;
  }

  async measure(): Promise<void> {
    const { clips, trainer, log, settings } = this.given;
    if (!clips) return;
    const { signal } = settings;
    let validation: Validation;
    try {
      validation = await validate(
        trainer.evaluated,
        settings.config,
        clips,
        settings.validationClips,
        async () => {
          await breathe();
          signal?.throwIfAborted();
        },
      );
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
    settings.reporter.line(
      `validation after ${counted(trainer.steps, 'step')}: mel error ${validation.mel.toFixed(4)} over ${counted(validation.clips.length, 'clip')}${trainer.average ? ', averaged weights' : ''}`,
    );
    await log.write({
      time: new Date().toISOString(),
      step: trainer.steps - 1,
      validation_mel_spec_error: validation.mel,
    });
  }
}
