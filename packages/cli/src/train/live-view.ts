import type { HifiGanConfig } from '@hifigan/config';
import type { StepLosses } from '@hifigan/train';
import {
  describeLosses,
  headlinesOf,
  type RunProgress,
  type ValidationProgress,
} from '@hifigan/train/node';
import { counted, duration } from '../terminal/format.js';
import type { LiveLine } from '../terminal/live-lines.js';

/** How a training stands. */
export interface TrainingState {
  readonly progress: RunProgress;
  readonly losses: StepLosses;
  readonly validation: ValidationProgress | undefined;
  /** Seconds since this run began. */
  readonly passed: number;
}

const BAR = 24;

/** How far a training is, what it loses, how fast it is, and what validations found. */
export function trainingLines(state: TrainingState, config: HifiGanConfig): LiveLine[] {
  return [
    ['train', describeProgress(state)],
    ['loss', describeLosses(state.losses)],
    ['speed', describeSpeed(state.progress, config)],
    ['valid', describeValidation(state.validation)],
  ];
}

function describeProgress({ progress, passed }: TrainingState): string {
  const { step, lastStep, epoch, secondsLeft } = progress;
  const at = `step ${step.toLocaleString('en')}`;
  // Without an end there is no share of it.
  if (!Number.isFinite(secondsLeft)) return `${at}, epoch ${epoch}`;
  // By time, not by steps: the end may be a time, and the pace of steps changes.
  const share = passed / (passed + secondsLeft || 1);
  const filled = Math.round(share * BAR);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)}`;
  const percent = `${Math.floor(share * 100)}%`.padStart(4);
  return `${bar} ${percent}  ${at} of ${lastStep.toLocaleString('en')}, epoch ${epoch}, ${duration(secondsLeft)} left`;
}

function describeSpeed({ stepsPerSecond }: RunProgress, config: HifiGanConfig): string {
  const clips = stepsPerSecond * config.batch_size;
  const seconds = (clips * config.segment_size) / config.sampling_rate;
  const steps =
    stepsPerSecond >= 1
      ? `${stepsPerSecond.toFixed(2)} steps/s`
      : `${(1 / stepsPerSecond).toFixed(2)} s a step`;
  return `${steps}, ${short(clips)} clips/s, ${short(seconds)} s of audio a second`;
}

function describeValidation(validation: ValidationProgress | undefined): string {
  if (!validation) return 'not yet';
  const { last, best } = validation;
  const after = (step: number) => `after ${counted(step + 1, 'step')}`;
  const measures = headlinesOf(last.measures).map(([name, mean]) => `, ${name} ${mean.toFixed(3)}`);
  return (
    `mel error ${last.validation_mel_spec_error.toFixed(4)} ${after(last.step)}; ` +
    // A narrow terminal cuts off the end.
    `best ${best.validation_mel_spec_error.toFixed(4)} ${after(best.step)}${measures.join('')}`
  );
}

/** Three digits. */
function short(value: number): string {
  return value >= 99.5 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
