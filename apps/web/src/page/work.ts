import { signal } from '@preact/signals';
import { wasAborted } from '../client.js';

export interface WorkOptions<Name> {
  /** What is under way from the first, and is not to be ended. */
  readonly start: Name;
  /** Told before anything is begun. */
  readonly onBegin: () => void;
  /** Told of what failed. */
  readonly onFail: (error: unknown) => void;
  /** Told in what words something was ended, with nothing begun in its place. */
  readonly onCancelled: (words: string) => void;
}

const CANCELLED = 'Cancelled.';

/** One thing after the other: what is begun ends what was begun before. */
export class Work<Name extends string> {
  /** What is under way. */
  readonly busy;
  readonly #options: WorkOptions<Name>;
  #present: AbortController | undefined;

  constructor(options: WorkOptions<Name>) {
    this.#options = options;
    this.busy = signal<Name | undefined>(options.start);
  }

  /** @returns whether it came to its end */
  async do(name: Name, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const { onBegin, onFail, onCancelled } = this.#options;
    this.cancel();
    onBegin();
    const controller = new AbortController();
    this.#present = controller;
    this.busy.value = name;
    try {
      await work(controller.signal);
      return true;
    } catch (error) {
      if (!wasAborted(error)) onFail(error);
      else if (this.#present === controller) {
        onCancelled(controller.signal.reason?.message ?? CANCELLED);
      }
      return false;
    } finally {
      if (this.#present === controller) {
        this.#present = undefined;
        this.busy.value = undefined;
      }
    }
  }

  /** Ends what is under way. */
  cancel(words = CANCELLED): void {
    if (this.busy.value === this.#options.start) return;
    this.#present?.abort(new DOMException(words, 'AbortError'));
  }

  /** Whether nothing else was begun since. */
  isPresent(signal: AbortSignal): boolean {
    return this.#present?.signal === signal;
  }
}
