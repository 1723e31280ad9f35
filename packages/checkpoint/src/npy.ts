import { halfToFloat } from './half.js';
import { FormatError, type NamedArray, sizeOf } from './named-array.js';
import { recognizeFile } from './recognize-file.js';

// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** What a `.npy` file says of its values before they begin. */
export interface NpyHeader {
  readonly shape: readonly number[];
  /** As numpy spells it, little-endian: `<f4`. */
  readonly type: string;
  readonly columnMajor: boolean;
  /** Bytes before the values. */
  readonly start: number;
}

/**
 * Reads the header of a `.npy` file alone.
 *
 * @param bytes the beginning of the file; its first kilobyte is enough for any header that numpy writes
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError where the bytes are no such file, end within the header, or another type follows (objects, text, complex)
 */
export function readNpyHeader(bytes: Uint8Array, where = 'npy'): NpyHeader {
  const fail = (what: string) => unreadable(where, what);
  if (bytes.byteLength < 10 || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    const found = recognizeFile(bytes);
    throw fail(
      found && found.kind !== 'npy'
        ? `it is ${found.description}`
        : 'it does not begin with the mark of numpy files',
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = view.getUint8(6) >= 2;
  if (wide && bytes.byteLength < 12) throw fail('it is cut off in its header');
  const headerLength = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const start = (wide ? 12 : 10) + headerLength;
  if (start > bytes.byteLength) throw fail('it is cut off in its header');
  const header = new TextDecoder().decode(bytes.subarray(wide ? 12 : 10, start));
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const columnMajor = /'fortran_order'\s*:\s*True/.test(header);
  const shapeText = /'shape'\s*:\s*\(([^)]*)\)/.exec(header)?.[1];
  if (descr === undefined || shapeText === undefined) throw fail('its header is incomplete');
  const shape = shapeText
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw fail(`its shape is (${shapeText})`);
  }
  const type = descr.replace(/^[|=]/, '<');
  if (!TYPES[type]) {
    throw fail(
      `its type is ${descr}; float32, float64, float16, int32, int64 and uint8 can be read`,
    );
  }
  return { shape, type, columnMajor, start };
}

/**
 * Reads a `.npy` file of versions 1 to 3, little-endian, row- or column-major (returned row-major).
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @returns float32 and float64 as they are, float16 widened to float32, integers as stored
 * @throws FormatError where the bytes are no such file, are cut off, or hold another type (objects, text, complex)
 */
export function readNpy(bytes: Uint8Array, where = 'npy'): NamedArray {
  const { shape, type, columnMajor, start } = readNpyHeader(bytes, where);
  const { bytes: size, decode } = TYPES[type]!;
  const length = sizeOf(shape) * size;
  if (bytes.byteLength - start < length) {
    throw unreadable(
      where,
      `shape (${shape.join(', ')}) needs ${length} bytes, it has ${bytes.byteLength - start}: it is cut off`,
    );
  }
  // Not bytes.slice: that of a Node Buffer does not copy.
  const data = decode(new Uint8Array(bytes.subarray(start, start + length)).buffer);
  return { shape, data: columnMajor && shape.length > 1 ? toRowMajor(data, shape) : data };
}

function unreadable(where: string, what: string): FormatError {
  return new FormatError(
    `${where}: not a readable .npy file: ${what}. Write it with numpy.save(path, array.astype("float32")).`,
  );
}

/**
 * Writes a `.npy` file (version 1.0, row-major, little-endian).
 *
 * @throws RangeError where the shape does not fit the data
 */
export function writeNpy({ shape, data }: NamedArray): Uint8Array {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `writeNpy: shape [${shape}] does not fit ${data.length} values; the two must agree`,
    );
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${describe(data)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(padded + data.byteLength);
  bytes.set([...MAGIC, 1, 0]);
  new DataView(bytes.buffer).setUint16(8, padded - 10, true);
  bytes.fill(0x20, 10, padded - 1);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes[padded - 1] = 0x0a;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), padded);
  return bytes;
}

type Data = NamedArray['data'];

const TYPES: Record<string, { bytes: number; decode(buffer: ArrayBuffer): Data } | undefined> = {
  '<f8': { bytes: 8, decode: (b) => new Float64Array(b) },
  '<f4': { bytes: 4, decode: (b) => new Float32Array(b) },
  '<f2': { bytes: 2, decode: (b) => Float32Array.from(new Uint16Array(b), halfToFloat) },
  '<i8': { bytes: 8, decode: (b) => new BigInt64Array(b) },
  '<i4': { bytes: 4, decode: (b) => new Int32Array(b) },
  '<u1': { bytes: 1, decode: (b) => new Uint8Array(b) },
};

function describe(data: Data): string {
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
