/** What follows a field's number on the wire: https://protobuf.dev/programming-guides/encoding. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** One field of a message as it stood on the wire. */
export interface ProtobufField {
  readonly number: number;
  /** Of a varint; signed. */
  readonly whole?: bigint;
  /** Of a text, a message or bytes: a view. Of float and double too, see {@link numberOf}. */
  readonly bytes?: Uint8Array;
}

/** Writes the fields of one message, in the order of the calls. Values are written even where they are defaults. */
export class ProtobufWriter {
  private readonly parts: Uint8Array[] = [];

  /** int32, int64, enum: negative numbers take ten bytes, as in Google's. @param value a whole number */
  varint(field: number, value: number): this {
    this.tag(field, VARINT);
    this.parts.push(varintOf(BigInt(value)));
    return this;
  }

  double(field: number, value: number): this {
    return this.fixed(field, FIXED64, new Float64Array([value]));
  }

  float(field: number, value: number): this {
    return this.fixed(field, FIXED32, new Float32Array([value]));
  }

  bytes(field: number, value: Uint8Array): this {
    this.tag(field, BYTES);
    this.parts.push(varintOf(BigInt(value.length)), value);
    return this;
  }

  string(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  finish(): Uint8Array {
    return Buffer.concat(this.parts);
  }

  private tag(field: number, wireType: number): void {
    this.parts.push(varintOf(BigInt(field * 8 + wireType)));
  }

  private fixed(field: number, wireType: number, values: Float32Array | Float64Array): this {
    this.tag(field, wireType);
    const bytes = Buffer.from(values.buffer);
    this.parts.push(BIG_ENDIAN ? bytes.reverse() : bytes);
    return this;
  }
}

const BIG_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 0;

/** Seven bits a byte, the low ones first; two's complement in 64 bits. */
export function varintOf(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/**
 * The fields of a message, in their order; groups, which nobody writes any more, are none.
 *
 * @throws RangeError where a field is cut off or of an unknown kind
 */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= message.length) break;
      const byte = message[at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(64, value);
    }
    throw new RangeError(`protobufFields: the number at byte ${at} must end, and is cut off`);
  };
  const take = (length: number): Uint8Array => {
    const bytes = message.subarray(at, at + length);
    at += length;
    // Written so that NaN and negative lengths fail as well.
    if (!(length >= 0 && bytes.length === length)) {
      throw new RangeError(`protobufFields: a field of ${length} bytes must be whole, and is cut`);
    }
    return bytes;
  };
  while (at < message.length) {
    const tag = Number(varint());
    const [number, wireType] = [Math.floor(tag / 8), tag & 7];
    if (wireType === VARINT) yield { number, whole: varint() };
    else if (wireType === FIXED64) yield { number, bytes: take(8) };
    else if (wireType === FIXED32) yield { number, bytes: take(4) };
    else if (wireType === BYTES) yield { number, bytes: take(Number(varint())) };
    else throw new RangeError(`protobufFields: wire type ${wireType} is none that we know`);
  }
}

/** A float or double as it stood on the wire. */
export function numberOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 8 ? view.getFloat64(0, true) : view.getFloat32(0, true);
}
