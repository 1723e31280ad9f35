/** What follows a field's number on the wire: https://protobuf.dev/programming-guides/encoding. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Bytes up to which parts are put together. */
const TOGETHER = 65_536;

/** Bytes that are made when they are written, and not kept. */
export interface DeferredBytes {
  readonly length: number;
  readonly make: () => Uint8Array;
}

/**
 * Writes the fields of one message, in the order of the calls. Bytes are kept as they are handed over and never copied,
 * however deep the message goes, so that a model's weights lie in memory once until the whole is joined or written.
 */
export class Message {
  private readonly parts: (Uint8Array | DeferredBytes)[] = [];
  private length = 0;

  /** int32, int64, bool, enum; a negative number takes ten bytes. */
  int(field: number, value: number): this {
    return this.push(varintOf(field * 8 + VARINT)).push(varintOf(value));
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.push(varintOf(field * 8 + FIXED32)).push(bytes);
  }

  bytes(field: number, value: Uint8Array | DeferredBytes): this {
    return this.header(field, value.length).push(value);
  }

  string(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value));
  }

  message(field: number, value: Message): this {
    this.header(field, value.length);
    for (const part of value.parts) this.push(part);
    return this;
  }

  /** An entry of a `map<string, …>`. */
  entry(field: number, key: string, value: Message): this {
    return this.message(field, new Message().string(1, key).message(2, value));
  }

  /** int64 one after the other, as proto3 has lists of numbers. */
  packed(field: number, values: readonly number[]): this {
    const list = new Message();
    for (const value of values) list.push(varintOf(value));
    return this.message(field, list);
  }

  /** The message in one piece. */
  finish(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.pieces()) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** Its bytes in pieces, each time anew: small ones are put together, so that none costs a call of the system. */
  pieces(): Iterable<Uint8Array> {
    return { [Symbol.iterator]: () => this.joined() };
  }

  private *joined(): Generator<Uint8Array> {
    let together = new Uint8Array(TOGETHER);
    let filled = 0;
    for (const part of this.parts) {
      const bytes = 'make' in part ? part.make() : part;
      if (filled + bytes.length > TOGETHER) {
        yield together.subarray(0, filled);
        // Whoever has the last may still hold it.
        together = new Uint8Array(TOGETHER);
        filled = 0;
      }
      if (bytes.length > TOGETHER) yield bytes;
      else {
        together.set(bytes, filled);
        filled += bytes.length;
      }
    }
    if (filled > 0) yield together.subarray(0, filled);
  }

  private header(field: number, length: number): this {
    return this.push(varintOf(field * 8 + BYTES)).push(varintOf(length));
  }

  private push(part: Uint8Array | DeferredBytes): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
}

/** Seven bits a byte, the low ones first; two's complement in 64 bits. */
function varintOf(value: number): Uint8Array {
  let rest = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** A field of a message: what follows its number, in bytes from the field's beginning. */
export interface FieldPlace {
  readonly number: number;
  readonly isBytes: boolean;
  readonly start: number;
  readonly end: number;
}

/**
 * Where a field lies that begins with the first of some bytes.
 *
 * @param head its first bytes, twenty or all
 * @param available bytes from there to the end of the message
 * @throws RangeError where it is cut off, of an unknown kind or of number 0, which no message has
 */
export function fieldAt(head: Uint8Array, available: number): FieldPlace {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < head.length; factor *= 128) {
      const byte = head[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError(`protobuf: the number at byte ${at} must end, and is cut off`);
  };
  const tag = varint();
  const [number, wireType] = [Math.floor(tag / 8), tag % 8];
  if (number === 0) throw new RangeError('protobuf: a field must have a number from 1, and has 0');
  const isBytes = wireType === BYTES;
  const lengths: Readonly<Record<number, number>> = { [FIXED64]: 8, [FIXED32]: 4 };
  if (wireType === VARINT) varint();
  else if (!isBytes && lengths[wireType] === undefined) {
    throw new RangeError(`protobuf: wire type ${wireType} is none that we know`);
  }
  const length = isBytes ? varint() : (lengths[wireType] ?? 0);
  const end = at + length;
  if (!(end <= available)) {
    throw new RangeError(`protobuf: a field of ${length} bytes must be whole, and is cut off`);
  }
  return { number, isBytes, start: at, end };
}

/** One field of a message that is a text, bytes or a message: a view. */
export interface BytesField {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/**
 * The fields of a message that are bytes; numbers are passed over.
 *
 * @throws RangeError where a field is cut off or of an unknown kind
 */
export function* bytesFields(message: Uint8Array): Generator<BytesField> {
  for (let at = 0; at < message.length; ) {
    const rest = message.subarray(at);
    const { number, isBytes, start, end } = fieldAt(rest, rest.length);
    if (isBytes) yield { number, bytes: rest.subarray(start, end) };
    at += end;
  }
}
