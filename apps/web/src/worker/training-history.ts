import type { ValidatedStep } from '@hifigan/train';

/** Steps that the shown loss and speed are means of: one batch alone tells little. */
const RECENT = 10;

/** What a training did so far. */
export class TrainingHistory {
  /** Of each step. */
  readonly losses: number[] = [];
  readonly validations: ValidatedStep[] = [];
  /** Of the last steps, seconds each. */
  readonly #times: number[] = [];
  /** Of all steps, without pauses and validations. */
  seconds = 0;

  addStep(loss: number, seconds: number): void {
    this.losses.push(loss);
    this.#times.push(seconds);
    if (this.#times.length > RECENT) this.#times.shift();
    this.seconds += seconds;
  }

  /** Of the last steps; none before the first. */
  get loss(): number | undefined {
    return mean(this.losses.slice(-RECENT));
  }

  /** Of the last steps. */
  get stepsPerSecond(): number | undefined {
    const seconds = mean(this.#times);
    return seconds === undefined ? undefined : 1 / seconds;
  }
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
