import { FormatError, type NamedArray, sizeOf } from './named-array.js';
import { decodeNpy, hasNpyNumbers, npyCodeOf, npyType, unreadableNpyWords } from './npy-types.js';
import { recognizeFile } from './recognize-file.js';

// The format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Of bytes; numpy takes 10,000 of them from a file that it is not told to trust. */
const HEADER_LIMIT = 65_536;

/** Of numpy 2; before it had 32. */
const MOST_AXES = 64;

/** What a `.npy` file says of its values before they begin. */
export interface NpyHeader {
  readonly shape: readonly number[];
  /** As numpy spells it: `<f4`, big-endian `>f4`. */
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
 * @throws FormatError where the bytes are no such file, end within the header, or another type follows (objects, text,
 * complex)
 */
export function readNpyHeader(bytes: Uint8Array, where = 'npy'): NpyHeader {
  const { type: code, ...header } = parseNpyHeader(bytes, where);
  const type = code.replace(/^[|=]/, '<');
  if (npyType(type)) return { ...header, type };
  const what = `its type is ${code}; ${unreadableNpyWords(code)}`;
  // Numbers have a cure of their own in it.
  throw hasNpyNumbers(code)
    ? new FormatError(`${where}: not a readable .npy file: ${what}.`)
    : unreadable(where, what);
}

/**
 * The header of a file whose values may be of any type, which is as the file has it: `|O`, `<U2`.
 *
 * @throws FormatError as {@link readNpyHeader}, but for the type
 */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
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
  if (start > HEADER_LIMIT) throw fail(`its header has more than ${HEADER_LIMIT} bytes`);
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
    throw fail(`its shape is (${shapeText.slice(0, 80)})`);
  }
  // Else the order of a few values could take hours, an axis of one at a time.
  if (shape.length > MOST_AXES) {
    throw fail(`its shape has ${shape.length} axes, of which numpy has ${MOST_AXES} at most`);
  }
  return { shape, type: descr, columnMajor, start };
}

/**
 * Reads a `.npy` file of versions 1 to 3, of either byte order, row- or column-major (returned row-major).
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @returns float32, float64, int32, int64 and uint8 as stored, bool as uint8; float16 widened to float32, other
 * integers to int32 or, uint32, int64
 * @throws FormatError where the bytes are no such file, are cut off, or hold another type (objects, text, complex)
 */
export function readNpy(bytes: Uint8Array, where = 'npy'): NamedArray {
  const { shape, type, columnMajor, start } = readNpyHeader(bytes, where);
  const length = sizeOf(shape) * npyType(type)!.bytes;
  checkNpyLength(shape, { needed: length, there: bytes.byteLength - start, where });
  const elements = bytes.subarray(start, start + length);
  return { shape, data: decodeNpy(type, elements, { shape, columnMajor }) };
}

/**
 * Holds the bytes of an array's elements against those that there are.
 *
 * @throws FormatError where some are missing
 */
export function checkNpyLength(
  shape: readonly number[],
  {
    needed,
    there,
    where,
  }: { readonly needed: number; readonly there: number; readonly where: string },
): void {
  // Written so that a shape beyond all numbers fails.
  if (there >= needed) return;
  throw unreadable(
    where,
    `shape (${shape.join(', ')}) needs ${needed} bytes, it has ${there}: it is cut off`,
  );
}

/** @param what is wrong with it */
export function unreadable(where: string, what: string): FormatError {
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
  const text = `{'descr': '${npyCodeOf(data)}', 'fortran_order': False, 'shape': ${tuple}, }`;
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
