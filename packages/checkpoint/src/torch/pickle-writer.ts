/** Writes a pickle of protocol 2, which every PyTorch reads; nothing is written twice by reference. */
export class PickleWriter {
  private bytes = new Uint8Array(4096);
  private length = 0;

  constructor() {
    // PROTO 2
    this.put(0x80, 2);
  }

  /** Ends it. */
  finish(): Uint8Array {
    this.put(0x2e);
    return this.bytes.slice(0, this.length);
  }

  scalar(value: null | boolean | number | bigint | string): void {
    if (value === null) this.put(0x4e);
    else if (typeof value === 'boolean') this.put(value ? 0x88 : 0x89);
    else if (typeof value === 'string') this.text(value);
    else if (typeof value === 'bigint' || (Number.isSafeInteger(value) && !Object.is(value, -0))) {
      this.integer(BigInt(value));
    } else this.float(value);
  }

  global(module: string, name: string): void {
    this.put(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }

  /** Begins a tuple, or items of what lies below. */
  mark(): void {
    this.put(0x28);
  }

  tuple(): void {
    this.put(0x74);
  }

  list(): void {
    this.put(0x5d);
  }

  dict(): void {
    this.put(0x7d);
  }

  /** Adds what lies above the mark to the list below. */
  appends(): void {
    this.put(0x65);
  }

  /** Sets the pairs above the mark in the dictionary below. */
  setItems(): void {
    this.put(0x75);
  }

  reduce(): void {
    this.put(0x52);
  }

  persistentId(): void {
    this.put(0x51);
  }

  private text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.put(0x58);
    this.view(4).setUint32(0, encoded.length, true);
    this.reserve(encoded.length);
    this.bytes.set(encoded, this.length);
    this.length += encoded.length;
  }

  /** Two's complement, in as few bytes as it takes. */
  private integer(value: bigint): void {
    if (BigInt.asIntN(32, value) === value) {
      this.put(0x4a);
      this.view(4).setInt32(0, Number(value), true);
      return;
    }
    let length = 5;
    while (BigInt.asIntN(8 * length, value) !== value) length++;
    if (length > 255) throw new RangeError(`torch: an integer of ${length} bytes is too large`);
    this.put(0x8a, length);
    for (let i = 0; i < length; i++) this.put(Number((value >> BigInt(8 * i)) & 255n));
  }

  private float(value: number): void {
    this.put(0x47);
    this.view(8).setFloat64(0, value, false);
  }

  private put(...values: readonly number[]): void {
    this.reserve(values.length);
    this.bytes.set(values, this.length);
    this.length += values.length;
  }

  private view(length: number): DataView {
    this.reserve(length);
    this.length += length;
    return new DataView(this.bytes.buffer, this.length - length, length);
  }

  private reserve(length: number): void {
    if (this.length + length <= this.bytes.length) return;
    const larger = new Uint8Array(2 * (this.length + length));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
