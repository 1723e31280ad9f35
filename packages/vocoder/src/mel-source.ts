import type { Mel } from '@hifigan/audio';
import type { WorkOptions, WorkQueue } from './work-queue.js';

/**
 * Parts of a mel that come when they like: whoever waits for the next one can be called away. The source is told to
 * end as soon as nobody may ask any more, and where it fails to answer that, or still owes an answer, it is not
 * waited for, as it may be silent for good.
 */
export class MelSource {
  readonly #iterator: AsyncIterator<Mel> | Iterator<Mel>;
  readonly #queue: WorkQueue;
  readonly #work: WorkOptions;
  #forget = () => {};
  #asked = false;
  #over = false;

  /**
   * @param queue whose work it is for: it is over when that is refused
   * @throws TypeError where the parts are none
   */
  constructor(parts: AsyncIterable<Mel> | Iterable<Mel>, queue: WorkQueue, work: WorkOptions) {
    this.#iterator = iteratorOf(parts, work.what);
    this.#queue = queue;
    this.#work = work;
    this.#forget = queue.whenRefused(() => this.leave(), work);
  }

  /** @throws as `WorkQueue.wait`, and what the source throws */
  async *parts(): AsyncGenerator<Mel, void, undefined> {
    try {
      for (let next = await this.#next(); !next.done; next = await this.#next()) yield next.value;
    } finally {
      await this.#end();
    }
  }

  /** Tells the source to end where it has not, and waits for nothing. */
  leave(): void {
    this.#end().catch(() => undefined);
  }

  #next(): Promise<IteratorResult<Mel>> {
    return this.#queue.wait(async () => {
      this.#asked = true;
      try {
        const result = await this.#iterator.next();
        if (result.done) this.#close();
        return result;
      } catch (error) {
        this.#close();
        throw error;
      } finally {
        this.#asked = false;
      }
    }, this.#work);
  }

  /** Marks it as over. @returns whether it was not before */
  #close(): boolean {
    const open = !this.#over;
    this.#over = true;
    this.#forget();
    return open;
  }

  async #end(): Promise<void> {
    if (!this.#close()) return;
    const told = (async () => this.#iterator.return?.())();
    if (this.#asked) told.catch(() => undefined);
    else await told;
  }
}

function iteratorOf(
  parts: AsyncIterable<Mel> | Iterable<Mel>,
  what: string,
): AsyncIterator<Mel> | Iterator<Mel> {
  // Async iteration first, as `for await` has it.
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = Object(parts);
  const open = later ?? now;
  if (typeof open === 'function') return open.call(parts);
  throw new TypeError(
    `${what}: mels must be parts of a mel that can be iterated, such as an array or an async generator; put a single mel into an array: [mel]`,
  );
}
