/** A smaller share of a step is not worth a word. */
const WORTH_TELLING = 0.05;

/** How long steps waited for their batches (none of a step's work), for people. */
export class DataWait {
  private told = { waited: 0, seconds: 0 };
  private first = true;

  /**
   * @param waited seconds
   * @param seconds of the whole step, the wait included
   */
  add(waited: number, seconds: number): void {
    // The first batch takes the start of the threads as well.
    if (!this.first) {
      this.told = { waited: this.told.waited + waited, seconds: this.told.seconds + seconds };
    }
    this.first = false;
  }

  /** `, a third of it waiting for data` in numbers, where it matters; since it was asked last. */
  takeText(): string {
    const { waited, seconds } = this.told;
    this.told = { waited: 0, seconds: 0 };
    const share = waited / seconds;
    return share > WORTH_TELLING
      ? `, ${Math.round(100 * share)}% of it waiting for data (num_workers)`
      : '';
  }
}

/** Seconds that steps waited for their batches. */
export interface StepWaits {
  /** A step. */
  readonly mean: number;
  /** Of the step that waited longest. */
  readonly most: number;
}

/** The same in records: of all steps since the record before, the first one of a run with the start of the threads. */
export class WaitsOfRecord {
  private sum = 0;
  private steps = 0;
  private most = 0;

  /** @param seconds that one step waited */
  add(seconds: number): void {
    this.sum += seconds;
    this.steps++;
    this.most = Math.max(this.most, seconds);
  }

  take(): StepWaits {
    const { sum, steps, most } = this;
    this.sum = this.steps = this.most = 0;
    return { mean: steps > 0 ? sum / steps : 0, most };
  }
}
