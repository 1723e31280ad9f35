/** Bytes of a file or a pipe, one after the other, with a look ahead. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();
  #ended = false;

  /** @param pieces of any lengths */
  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  /** The next so many bytes without taking them, or those that there are. */
  async peek(count: number): Promise<Uint8Array> {
    await this.#hold(count);
    return this.#held.subarray(0, count);
  }

  /** Takes so many bytes, or those that there are; valid for good. */
  async take(count: number): Promise<Uint8Array> {
    await this.#hold(count);
    const taken = this.#held.subarray(0, count);
    this.#held = this.#held.subarray(taken.length);
    return taken;
  }

  /** All that is here, waiting only where nothing is; undefined at the end. */
  async next(): Promise<Uint8Array | undefined> {
    await this.#hold(1);
    const taken = this.#held;
    this.#held = new Uint8Array();
    return taken.length > 0 ? taken : undefined;
  }

  /** All that is left. */
  async rest(): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (let part = await this.next(); part; part = await this.next()) parts.push(part);
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }

  /** Lets go of where the bytes come from; what they come from is not read to its end. */
  async close(): Promise<void> {
    this.#ended = true;
    await this.#pieces.return?.();
  }

  async #hold(count: number): Promise<void> {
    const parts = [this.#held];
    let length = this.#held.length;
    while (length < count && !this.#ended) {
      const { value, done } = await this.#pieces.next();
      if (done) {
        this.#ended = true;
      } else {
        parts.push(value);
        length += value.length;
      }
    }
    if (parts.length > 1) this.#held = Buffer.concat(parts);
  }
}
