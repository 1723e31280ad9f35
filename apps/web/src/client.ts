import type { CallName, Calls, FromWorker, ToWorker } from './protocol.js';

export interface CallOptions<Progress> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Whether the signal asks for an end that has a result of its own, which is waited for. */
  readonly endsWithResult?: boolean;
  /** Memory and ports that go to the Worker. */
  readonly transfer?: Transferable[];
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
  progress(value: unknown): void;
}

/** The part of a Worker that is used. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'addEventListener' | 'terminate'>;

/** What a Worker's failure is told by. */
export interface WorkerWords {
  readonly name: string;
  /** What to do about it, where it had begun. */
  readonly cure: string;
}

const STUDIO: WorkerWords = { name: 'the studio’s Worker', cure: 'reload the page' };

/** Asks a Worker, and ends it. */
export class Client {
  readonly #worker: WorkerLike;
  readonly #pending = new Map<number, Pending>();
  #next = 1;
  /** Why nothing more is to be had. */
  #ended: Error | undefined;

  constructor(worker: WorkerLike, { name, cure }: WorkerWords = STUDIO) {
    this.#worker = worker;
    worker.addEventListener('message', (event) => {
      this.#hear((event as MessageEvent<FromWorker>).data);
    });
    worker.addEventListener('error', (event) => {
      const { message } = event as ErrorEvent;
      const why = message
        ? `${message}; ${cure}`
        : 'its script could not be loaded; reload the page';
      this.#ended = new Error(`${name} ended: ${why}`);
      this.#rejectAll(this.#ended);
    });
  }

  /** Ends the Worker, with all that it is at. */
  end(): void {
    this.#ended = new DOMException('the Worker was ended', 'AbortError');
    this.#worker.terminate();
    this.#rejectAll(this.#ended);
  }

  /**
   * @throws what the Worker throws, by its name and message; the signal's reason as soon as it is aborted; an AbortError
   * where the Worker is ended
   */
  call<Name extends CallName>(
    name: Name,
    args: Calls[Name]['args'],
    options: CallOptions<Calls[Name]['progress']> = {},
  ): Promise<Calls[Name]['result']> {
    const { signal, onProgress, endsWithResult = false, transfer = [] } = options;
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#ended) return reject(this.#ended);
      const cancel = () => {
        this.#send({ id, cancel: true });
        if (endsWithResult) return;
        this.#pending.delete(id);
        // Nobody waits for the end of what the Worker is at; the next call comes after it.
        reject(signal?.reason);
      };
      const settle = () => signal?.removeEventListener('abort', cancel);
      signal?.addEventListener('abort', cancel, { once: true });
      this.#pending.set(id, {
        resolve(result) {
          settle();
          resolve(result as Calls[Name]['result']);
        },
        reject(error) {
          settle();
          reject(error);
        },
        progress: (value) => onProgress?.(value as Calls[Name]['progress']),
      });
      this.#send({ id, name, args }, transfer);
    });
  }

  #rejectAll(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #send(message: ToWorker, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #hear(message: FromWorker): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if ('progress' in message) {
      pending.progress(message.progress);
      return;
    }
    this.#pending.delete(message.id);
    if ('error' in message) {
      pending.reject(Object.assign(new Error(message.error.message), { name: message.error.name }));
    } else pending.resolve(message.result);
  }
}

/** Whether a call ended because it was to. */
export function wasAborted(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'AbortError' || error.name === 'VocoderDisposedError')
  );
}
