import { signal } from '@preact/signals';

interface Waiting {
  readonly begin: () => Promise<boolean>;
  readonly settle: (opened: boolean | Promise<boolean>) => void;
}

/**
 * Openings of several kinds: one takes the place of another of its kind, and those of others wait for each other. One kind, the
 * last, is opened for what the others have opened: it also lets those go before that wait themselves.
 */
export class Openings<Kind extends string> {
  /** Kinds of which one waits. */
  readonly waiting = signal<ReadonlySet<Kind>>(new Set());
  readonly #last: Kind;
  readonly #running = new Map<Kind, Promise<boolean>>();
  readonly #waiting = new Map<Kind, Waiting>();

  constructor(last: Kind) {
    this.#last = last;
  }

  /** Whether any is under way, or waits. */
  get isOpening(): boolean {
    return this.#running.size > 0 || this.#waiting.size > 0;
  }

  /**
   * Begins once nothing of another kind is opened, and of the last kind, once none waits either.
   *
   * @param begin begins at once, and tells whether it came to its end
   * @returns the same, and false where it was not begun: it was cancelled, or another of its kind came meanwhile
   */
  open(kind: Kind, begin: () => Promise<boolean>): Promise<boolean> {
    return new Promise((settle) => {
      this.#waiting.get(kind)?.settle(false);
      // Behind those that wait already, not in the place of the one before.
      this.#waiting.delete(kind);
      this.#waiting.set(kind, { begin, settle });
      this.#beginNext();
    });
  }

  /** What waits is not begun; what has begun is not ended by this. */
  cancel(): void {
    for (const { settle } of this.#waiting.values()) settle(false);
    this.#waiting.clear();
    this.waiting.value = new Set();
  }

  // All at once: nothing may come between the look and the beginning.
  #beginNext(): void {
    for (const [kind, { begin, settle }] of this.#waiting) {
      if (!this.#mayBegin(kind)) continue;
      this.#waiting.delete(kind);
      const opening = begin();
      this.#running.set(kind, opening);
      const end = () => {
        if (this.#running.get(kind) !== opening) return;
        this.#running.delete(kind);
        this.#beginNext();
      };
      opening.then(end, end);
      settle(opening);
    }
    this.waiting.value = new Set(this.#waiting.keys());
  }

  #mayBegin(kind: Kind): boolean {
    const others = [...this.#running.keys(), ...(kind === this.#last ? this.#waiting.keys() : [])];
    return others.every((other) => other === kind);
  }
}
