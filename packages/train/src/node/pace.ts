import type { StepLosses } from '../trainer.js';
import type { RunProgress } from './run-log.js';

/** Steps that the speed is averaged over, roughly. */
const MEMORY = 20;

/** Measures the speed of a run and tells the time left. */
export class Pace {
  private readonly now: () => number;
  private last: number;
  private seconds: number | undefined;

  constructor(now: () => number) {
    this.now = now;
    this.last = now();
  }

  /** After a pause that does not count. */
  restart(): void {
    this.last = this.now();
  }

  /** @param deadline on the clock of `now` */
  after(
    step: number,
    run: {
      readonly epoch: number;
      readonly mel: number;
      readonly lastStep: number;
      readonly deadline: number;
    },
  ): RunProgress {
    const time = this.now();
    const took = (time - this.last) / 1000;
    this.last = time;
    this.seconds =
      this.seconds === undefined ? took : this.seconds + (took - this.seconds) / MEMORY;
    const secondsLeft = Math.max(
      0,
      Math.min((run.lastStep - step) * this.seconds, (run.deadline - time) / 1000),
    );
    const lastStep = Math.min(run.lastStep, step + Math.ceil(secondsLeft / this.seconds));
    return {
      step,
      lastStep,
      epoch: run.epoch,
      mel: run.mel,
      stepsPerSecond: 1 / this.seconds,
      secondsLeft,
    };
  }
}

/** One line of progress: `step 1200, epoch 3: mel 0.4121, generator 31.20, discriminators 4.10; 1.52 steps/s, 0:41:07 left`. */
export function describeStep(progress: RunProgress, losses: StepLosses): string {
  const { step, epoch, stepsPerSecond, secondsLeft } = progress;
  const parts = [`mel ${losses.mel.toFixed(4)}`];
  if (losses.discriminator !== undefined) {
    parts.push(`generator ${losses.generator.toFixed(2)}`);
    parts.push(`discriminators ${losses.discriminator.toFixed(3)}`);
  }
  const speed =
    stepsPerSecond >= 1
      ? `${stepsPerSecond.toFixed(2)} steps/s`
      : `${(1 / stepsPerSecond).toFixed(2)} s a step`;
  return `step ${step}, epoch ${epoch}: ${parts.join(', ')}; ${speed}, ${clock(secondsLeft)} left`;
}

function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
