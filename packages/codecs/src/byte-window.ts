/** A parser that asks for more bytes by `undefined`, and is gone on with when they are there or have ended. */
export type Parsing<T, R = void> = Generator<T | undefined, R>;

/**
 * The bytes of a file that are looked at: what was parsed is dropped in front, what comes is added behind. Parsers are
 * generators on it, so that each is written once for whole files and for those that come by pieces.
 */
export class ByteWindow {
  #buffer: Uint8Array = new Uint8Array();
  #start = 0;
  #end = 0;
  #own = false;
  #position = 0;
  #ended = false;

  /** All of a file. */
  static of(bytes: Uint8Array): ByteWindow {
    const window = new ByteWindow();
    window.push(bytes);
    window.end();
    return window;
  }

  /** Those that are here; valid until more come. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Where in the file they begin. */
  get position(): number {
    return this.#position;
  }

  /** @param bytes the next; looked at in their place until {@link keep} or more come */
  push(bytes: Uint8Array): void {
    const { length } = this;
    if (length === 0) {
      // Plain, as `slice` of Node's buffers is no copy.
      this.#buffer = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#start = 0;
      this.#end = bytes.length;
      this.#own = false;
      return;
    }
    if (!this.#own || this.#end + bytes.length > this.#buffer.length) {
      // Twice as much: bytes that come one by one are not copied each time.
      this.#move(Math.max(2 * length, length + bytes.length));
    }
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Copies what is left, as who gave it may use its memory anew. */
  keep(): void {
    if (!this.#own && this.length > 0) this.#move(this.length);
  }

  end(): void {
    this.#ended = true;
  }

  /** Lets go of the first, at most of those that are here. */
  drop(count: number): void {
    this.#start += count;
    this.#position += count;
  }

  /** Waits until so many are here. @returns whether they are: false at the end of the file */
  *hold(count: number): Parsing<never, boolean> {
    while (this.length < count && !this.#ended) yield undefined;
    return this.length >= count;
  }

  /** Passes over so many. @returns whether there were as many */
  *skip(count: number): Parsing<never, boolean> {
    for (let left = count; left > 0; ) {
      if (!(yield* this.hold(1))) return false;
      const some = Math.min(left, this.length);
      this.drop(some);
      left -= some;
    }
    return true;
  }

  #move(capacity: number): void {
    const held = this.bytes;
    this.#buffer = new Uint8Array(capacity);
    this.#buffer.set(held);
    this.#start = 0;
    this.#end = held.length;
    this.#own = true;
  }
}

/** Runs a parser on a window that has all. @param parser may still ask, in vain */
export function* parsed<T, R>(parser: Parsing<T, R>): Generator<T, R> {
  for (;;) {
    const { value, done } = parser.next();
    if (done) return value;
    if (value !== undefined) yield value;
  }
}

/** The same for one that finds nothing on its way. */
export function resultOf<R>(parser: Parsing<unknown, R>): R {
  for (;;) {
    const { value, done } = parser.next();
    if (done) return value;
  }
}
