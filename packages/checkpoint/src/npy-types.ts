import { halfToFloat } from './half.js';
import type { NamedArray } from './named-array.js';
import { swapBytes } from './swap-bytes.js';

type Data = NamedArray['data'];

interface NpyType {
  /** Bytes of an element in the file. */
  readonly bytes: number;
  /** Bytes of an element as it is read. */
  readonly read: number;
  readonly decode: (buffer: ArrayBuffer) => Data;
}

/** By numpy's codes without their order; what no array of ours holds is widened to what does. */
const TYPES: Readonly<Record<string, NpyType>> = {
  f8: { bytes: 8, read: 8, decode: (b) => new Float64Array(b) },
  f4: { bytes: 4, read: 4, decode: (b) => new Float32Array(b) },
  f2: { bytes: 2, read: 4, decode: (b) => Float32Array.from(new Uint16Array(b), halfToFloat) },
  i8: { bytes: 8, read: 8, decode: (b) => new BigInt64Array(b) },
  i4: { bytes: 4, read: 4, decode: (b) => new Int32Array(b) },
  i2: { bytes: 2, read: 4, decode: (b) => Int32Array.from(new Int16Array(b)) },
  i1: { bytes: 1, read: 4, decode: (b) => Int32Array.from(new Int8Array(b)) },
  u4: { bytes: 4, read: 8, decode: (b) => BigInt64Array.from(new Uint32Array(b), BigInt) },
  u2: { bytes: 2, read: 4, decode: (b) => Int32Array.from(new Uint16Array(b)) },
  u1: { bytes: 1, read: 1, decode: (b) => new Uint8Array(b) },
  b1: { bytes: 1, read: 1, decode: (b) => new Uint8Array(b) },
};

/** For messages. */
export const READABLE_NPY_TYPES =
  'float16, float32, float64, bool, int8 to int64 and uint8 to uint32 can be read';

/** @param code as numpy spells it, with its order or without: `<f4`, `|u1` */
export function npyType(code: string): NpyType | undefined {
  const name = code.replace(/^[<>|=]/, '');
  return Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
}

/** Row-major values of an array; `bytes`, which are copied, hold its elements and nothing else. */
export function decodeNpy(
  code: string,
  bytes: Uint8Array,
  { shape, columnMajor }: { readonly shape: readonly number[]; readonly columnMajor: boolean },
): Data {
  const type = npyType(code)!;
  // Not bytes.slice: that of a Node Buffer does not copy.
  const copy = new Uint8Array(bytes);
  if (code.startsWith('>')) swapBytes(copy, type.bytes);
  const values = type.decode(copy.buffer);
  return columnMajor && shape.length > 1 ? toRowMajor(values, shape) : values;
}

/** The code of what we write. */
export function npyCodeOf(data: Data): string {
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Float64Array) return '<f8';
  if (data instanceof Int32Array) return '<i4';
  if (data instanceof BigInt64Array) return '<i8';
  return '|u1';
}

function toRowMajor(data: Data, shape: readonly number[]): Data {
  const result = data.slice();
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    let offset = 0;
    for (const [axis, n] of shape.entries()) offset = offset * n + index[axis];
    result[offset] = data[i];
    // The first axis turns fastest in column-major order.
    for (let axis = 0; axis < shape.length && ++index[axis] === shape[axis]; axis++)
      index[axis] = 0;
  }
  return result;
}
