import { breather } from './breather.js';
import { onAbort } from './on-abort.js';
import { VocoderDisposedError } from './vocoder-disposed-error.js';

/** Between two steps of work: lets others be heard, and is rejected where it shall not go on. */
export type Checkpoint = () => Promise<void>;

export interface WorkOptions {
  /** What to call the work in errors. */
  readonly what: string;
  /** Ends it while it waits, and at its next checkpoint. */
  readonly signal?: AbortSignal;
}

/** Work that waits for its turn. */
interface Waiting {
  readonly start: () => void;
  readonly refuse: () => void;
}

/** Refuses somebody who takes no turn: waits for others, or keeps something for turns to come. */
type Refuse = () => void;

/**
 * One thing at a time, in the order in which it was asked for: an engine's memory is then that of one piece, however
 * many ask. What fails, or is aborted, does not stop what comes after it.
 */
export class WorkQueue {
  readonly #waiting: Waiting[] = [];
  readonly #outside = new Set<Refuse>();
  readonly #breathe = breather();
  #busy = false;
  #closing: { readonly ended: Promise<void>; readonly free: () => void } | undefined;

  /**
   * @param work is handed a checkpoint, to be called between two steps
   * @throws the signal's reason; VocoderDisposedError once the queue is closed
   */
  async run<T>(
    work: (checkpoint: Checkpoint) => Promise<T>,
    { what, signal }: WorkOptions,
  ): Promise<T> {
    const checkpoint = async () => {
      await this.#breathe();
      this.#check(what, signal);
    };
    this.#check(what, signal);
    if (this.#busy) await this.#turn(what, signal);
    this.#busy = true;
    try {
      await checkpoint();
      return await work(checkpoint);
    } finally {
      this.#handOver();
    }
  }

  /**
   * Waits for what takes no turn, such as the source of a mel, without holding up others.
   *
   * @param ask not called where nobody may wait; what it gives too late is dropped
   * @throws as `run`, at once: neither a signal nor the closing waits for an answer
   */
  async wait<T>(ask: () => Promise<T>, { what, signal }: WorkOptions): Promise<T> {
    this.#check(what, signal);
    return new Promise<T>((resolve, reject) => {
      const settled = this.whenRefused(reject, { what, signal });
      const fail = (error: unknown) => {
        settled();
        reject(error);
      };
      ask().then((value) => {
        settled();
        resolve(value);
      }, fail);
    });
  }

  /**
   * Tells somebody who keeps something for such work that none is to come: at once, also where it is so already.
   *
   * @param call is handed what the work would be refused with; must not throw
   * @returns to be called by who need not be told any more
   */
  whenRefused(call: (reason: unknown) => void, { what, signal }: WorkOptions): () => void {
    let forgetAbort = () => {};
    const forget = () => {
      forgetAbort();
      this.#outside.delete(refuse);
    };
    const tell = (reason: unknown) => {
      forget();
      call(reason);
    };
    const abort = () => tell(signal?.reason);
    const refuse = () => tell(new VocoderDisposedError(what));
    if (signal?.aborted) abort();
    else if (this.#closing) refuse();
    else {
      forgetAbort = onAbort(signal, abort);
      this.#outside.add(refuse);
    }
    return forget;
  }

  /**
   * Refuses what waits and what comes; what runs ends at its next checkpoint.
   *
   * @param free called as soon as nothing runs, at once where nothing does
   * @returns when it has been freed; rejected with what `free` throws, however often it is asked for
   */
  close(free: () => void): Promise<void> {
    if (this.#closing) return this.#closing.ended;
    let release = () => {};
    const ended = new Promise<void>((resolve, reject) => {
      release = () => {
        try {
          resolve(free());
        } catch (error) {
          reject(error);
        }
      };
    });
    this.#closing = { ended, free: release };
    for (const { refuse } of this.#waiting.splice(0)) refuse();
    for (const refuse of this.#outside) refuse();
    if (!this.#busy) this.#closing.free();
    return ended;
  }

  #check(what: string, signal?: AbortSignal): void {
    signal?.throwIfAborted();
    if (this.#closing) throw new VocoderDisposedError(what);
  }

  #turn(what: string, signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal?.reason);
      };
      const settled = onAbort(signal, abort);
      const waiting: Waiting = {
        start: () => {
          settled();
          resolve();
        },
        refuse: () => {
          settled();
          reject(new VocoderDisposedError(what));
        },
      };
      this.#waiting.push(waiting);
    });
  }

  // The turn is handed over rather than given up, so that nobody who asks meanwhile comes first.
  #handOver(): void {
    const next = this.#waiting.shift();
    if (next) {
      next.start();
      return;
    }
    this.#busy = false;
    this.#closing?.free();
  }
}
