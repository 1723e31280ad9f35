import { FormatError } from '../named-array.js';

/** Python's integers have any length; those of a checkpoint are steps, sizes and seeds. */
const LONGEST_INTEGER = 1024;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The bytes end within the pickle: it is cut off, or more of the file must be read. */
export class PickleCutOff extends FormatError {}

/** The arguments of a pickle's opcodes, read one after the other; integers are numbers where they are exact. */
export class PickleBytes {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly fail: (what: string) => FormatError;

  constructor(bytes: Uint8Array, start: number, fail: (what: string) => FormatError) {
    this.at = start;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.fail = fail;
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    const start = this.skip(length);
    return this.bytes.subarray(start, this.at);
  }

  /** @returns where it was */
  skip(length: number): number {
    const start = this.at;
    if (!(length >= 0 && length <= this.bytes.length - start)) throw this.cutOff();
    this.at += length;
    return start;
  }

  uint8(): number {
    return this.view.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.view.getUint16(this.skip(2), true);
  }

  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  int32(): number {
    return this.view.getInt32(this.skip(4), true);
  }

  uint64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }

  float64(): number {
    return this.view.getFloat64(this.skip(8), false);
  }

  /** Two's complement, little-endian. */
  long(length: number): number | bigint {
    if (length > LONGEST_INTEGER) throw this.fail(`it holds an integer of ${length} bytes`);
    const bytes = this.take(length);
    if (length === 0) return 0;
    const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).reverse();
    return narrowed(BigInt.asIntN(8 * length, BigInt(`0x${digits.join('')}`)));
  }

  /** To the next end of a line. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.cutOff();
    const text = this.utf8(end - this.at);
    this.at++;
    return text;
  }

  decimalInt(): number | bigint | boolean {
    const text = this.line();
    return text === '00' ? false : text === '01' ? true : this.integer(text);
  }

  decimalLong(): number | bigint {
    return this.integer(this.line().replace(/L$/, ''));
  }

  decimalFloat(): number {
    const text = this.line();
    const named: Record<string, number> = {
      nan: Number.NaN,
      inf: Number.POSITIVE_INFINITY,
      '-inf': Number.NEGATIVE_INFINITY,
    };
    const value = Object.hasOwn(named, text) ? named[text] : Number(text || 'x');
    if (Number.isNaN(value) && text !== 'nan') throw this.fail('its pickle is damaged');
    return value;
  }

  utf8(length: number): string {
    const bytes = this.take(length);
    try {
      return strict.decode(bytes);
    } catch {
      throw this.fail('its pickle holds text that is not UTF-8: it is damaged');
    }
  }

  /** A character for each byte, which TextDecoder's latin1 isn't. */
  latin1(length: number): string {
    const bytes = this.take(length);
    let text = '';
    for (let at = 0; at < length; at += 0x2000) {
      text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
    }
    return text;
  }

  /** A line in quotes; escapes are for bytes that no name has. */
  quoted(): string {
    const text = this.line();
    if (!/^(['"])[^\\]*\1$/.test(text)) throw this.fail('its pickle is damaged');
    return text.slice(1, -1);
  }

  private cutOff(): PickleCutOff {
    return new PickleCutOff(this.fail('its pickle is cut off').message);
  }

  private integer(text: string): number | bigint {
    if (!/^[+-]?\d{1,1024}$/.test(text)) throw this.fail('its pickle is damaged');
    return narrowed(BigInt(text.replace(/^\+/, '')));
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
