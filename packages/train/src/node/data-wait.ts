/** A smaller share of a step is not worth a word. */
const WORTH_TELLING = 0.05;

/** How long steps waited for their batches: none of a step's work. */
export class DataWait {
  private told = { waited: 0, seconds: 0 };
  private logged = { waited: 0, steps: 0 };
  private first = true;

  /**
   * @param waited seconds
   * @param seconds of the whole step, the wait included
   */
  add(waited: number, seconds: number): void {
    this.logged = { waited: this.logged.waited + waited, steps: this.logged.steps + 1 };
    // The first batch takes the start of the threads as well.
    if (!this.first) {
      this.told = { waited: this.told.waited + waited, seconds: this.told.seconds + seconds };
    }
    this.first = false;
  }

  /** Mean seconds a step since it was asked last. */
  takeMean(): number {
    const { waited, steps } = this.logged;
    this.logged = { waited: 0, steps: 0 };
    return steps > 0 ? waited / steps : 0;
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
