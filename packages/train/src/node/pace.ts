import type { StepLosses } from '../step-losses.js';
import type { RunProgress } from './run-log.js';

/** Steps that the speed is averaged over. */
const WINDOW = 20;

/** Where a run will end; `Infinity` if no end was given. */
export interface RunEnd {
  readonly lastStep: number;
  /** On the clock of the run, milliseconds. */
  readonly deadline: number;
}

/** Measures the speed of a run and tells the time left. */
export class Pace {
  private readonly now: () => number;
  private last: number;
  /** Seconds of the last steps, the newest at the end. */
  private readonly seconds: number[] = [];
  private first = true;

  constructor(now: () => number) {
    this.now = now;
    this.last = now();
  }

  /** After a pause that does not count. */
  restart(): void {
    this.last = this.now();
  }

  /** @param end where the run ends */
  after(
    step: number,
    { epoch, mel, ...end }: RunEnd & { readonly epoch: number; readonly mel: number },
  ): RunProgress {
    const time = this.now();
    // The first step warms up (a native library makes its plans) and counts only until there is another.
    if (this.seconds.length === WINDOW || (this.first && this.seconds.length === 1)) {
      this.first = false;
      this.seconds.shift();
    }
    this.seconds.push((time - this.last) / 1000);
    this.last = time;
    const mean = this.seconds.reduce((sum, took) => sum + took, 0) / this.seconds.length;
    const secondsLeft = Math.max(
      0,
      Math.min((end.lastStep - step) * mean, (end.deadline - time) / 1000),
    );
    const lastStep = Math.min(end.lastStep, step + Math.ceil(secondsLeft / mean));
    return { step, lastStep, epoch, mel, stepsPerSecond: 1 / mean, secondsLeft };
  }
}

/** `mel 0.4121, generator 31.20, discriminators 4.10`: what there is; `magnitude 21.30` where that is a loss. */
export function describeLosses({ mel, generator, discriminator, parts }: StepLosses): string {
  const { magnitude } = parts;
  return [
    `mel ${mel.toFixed(4)}`,
    ...(magnitude === undefined ? [] : [`magnitude ${magnitude.toFixed(2)}`]),
    ...(discriminator === undefined
      ? []
      : [`generator ${generator.toFixed(2)}`, `discriminators ${discriminator.toFixed(3)}`]),
  ].join(', ');
}

/**
 * One line of progress: `step 1200, epoch 3: mel 0.4121, generator 31.20, discriminators 4.10; 1.52 steps/s,
 * 0:41:07 left`; without the time left where the run has no end.
 */
export function describeStep(progress: RunProgress, losses: StepLosses): string {
  const { step, epoch, stepsPerSecond, secondsLeft } = progress;
  const speed =
    stepsPerSecond >= 1
      ? `${stepsPerSecond.toFixed(2)} steps/s`
      : `${(1 / stepsPerSecond).toFixed(2)} s a step`;
  return (
    `step ${step}, epoch ${epoch}: ${describeLosses(losses)}; ${speed}` +
    (Number.isFinite(secondsLeft) ? `, ${clock(secondsLeft)} left` : '')
  );
}

function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
