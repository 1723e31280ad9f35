import { ByteWindow, type Parsing } from './byte-window.js';

export type AudioBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** The bytes of a recording as they come, and the parsers that run on them. */
export class ByteFeed {
  readonly window = new ByteWindow();
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #signal: AbortSignal | undefined;
  #ended = false;

  constructor(bytes: AudioBytes, signal?: AbortSignal) {
    this.#source =
      Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
    this.#signal = signal;
  }

  /** What a parser makes of the next bytes. */
  async read<R>(parser: Parsing<never, R>): Promise<R> {
    for (;;) {
      const { value, done } = parser.next();
      if (done) return value;
      await this.#more();
    }
  }

  /**
   * What a parser finds, together as far as bytes are there: nothing that is whole waits for more.
   *
   * @param most so many samples end a part, as a few bytes may make very many
   * @param samplesOf those of what is found; by default each is a part of its own
   */
  async *parts<T, R>(
    parser: Parsing<T, R>,
    most = 0,
    samplesOf: (found: T) => number = () => 0,
  ): AsyncGenerator<T[], R> {
    let part: T[] = [];
    let samples = 0;
    for (;;) {
      const { value, done } = parser.next();
      if (!done && value !== undefined) {
        part.push(value);
        samples += samplesOf(value);
        if (samples < most) continue;
      }
      if (part.length > 0) {
        this.#signal?.throwIfAborted();
        yield part;
        part = [];
        samples = 0;
      }
      if (done) return value;
      if (value === undefined) await this.#more();
    }
  }

  /** All bytes that are here, waiting only where there are none; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    const { window } = this;
    while (window.length === 0 && !this.#ended) await this.#more();
    const { bytes } = window;
    window.drop(bytes.length);
    return bytes.length > 0 ? bytes : undefined;
  }

  /** Lets go of where the bytes come from. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closing = Promise.resolve(this.#source.return?.());
    // A source that waits hears of it only when it has waited.
    if (this.#signal?.aborted) closing.catch(() => undefined);
    else await closing;
  }

  async #more(): Promise<void> {
    const signal = this.#signal;
    signal?.throwIfAborted();
    this.window.keep();
    const { value, done } = await (signal
      ? unlessAborted(this.#source.next(), signal)
      : this.#source.next());
    if (done) {
      this.#ended = true;
      this.window.end();
    } else {
      this.window.push(value);
    }
  }
}

/** @throws the signal's reason where that comes first */
async function unlessAborted<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
