import { signal } from '@preact/signals';

/** Openings of several kinds: those of one kind end each other, and those of others wait for each other. */
export class Openings<Kind extends string> {
  /** How many wait. */
  readonly waiting = signal(0);
  readonly #running = new Map<Kind, Promise<boolean>>();
  readonly #newest = new Map<Kind, object>();
  #cancellations = 0;

  /** Whether any is under way, or waits. */
  get isOpening(): boolean {
    return this.#running.size > 0 || this.waiting.value > 0;
  }

  /**
   * Begins once nothing of another kind is opened.
   *
   * @param begin begins at once, and tells whether it came to its end
   * @returns the same, and false where it was not begun: it was cancelled, or another of its kind came meanwhile
   */
  async open(kind: Kind, begin: () => Promise<boolean>): Promise<boolean> {
    const ticket = {};
    this.#newest.set(kind, ticket);
    const cancellations = this.#cancellations;
    this.waiting.value++;
    try {
      for (let other = this.#other(kind); other; other = this.#other(kind)) await other;
    } finally {
      this.waiting.value--;
    }
    if (this.#cancellations !== cancellations || this.#newest.get(kind) !== ticket) return false;
    // Nothing may come between the last look and this: another that waits looks next.
    const opening = begin().finally(() => {
      if (this.#running.get(kind) === opening) this.#running.delete(kind);
    });
    this.#running.set(kind, opening);
    return opening;
  }

  /** What waits is not begun; what has begun is not ended by this. */
  cancel(): void {
    this.#cancellations++;
  }

  #other(kind: Kind): Promise<boolean> | undefined {
    for (const [other, opening] of this.#running) if (other !== kind) return opening;
    return undefined;
  }
}
