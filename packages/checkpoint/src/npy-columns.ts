import type { ByteSource } from './byte-source.js';
import { type NamedArray, sizeOf } from './named-array.js';
import { checkNpyLength, type NpyHeader, readNpyHeader } from './npy.js';
import { decodeNpy, npyType } from './npy-types.js';

/** A `.npy` file of which parts are read: an array of at least one axis, cut along its last. */
export interface NpyColumns extends NpyHeader {
  /** Of all elements. */
  readonly byteLength: number;
  /**
   * Elements `from` up to, not including, `to` of the last axis, as `readNpy` would have them: `[…, to − from]`,
   * row-major.
   *
   * @throws RangeError where there are no such elements, and what the source throws
   */
  read(from: number, to: number): Promise<NamedArray>;
  /**
   * Elements `from` up to, not including, `to` in the order of the file, whatever the shape is: `[to − from]`.
   *
   * @throws RangeError where there are no such elements, and what the source throws
   */
  readFlat(from: number, to: number): Promise<NamedArray>;
}

/** Bytes that hold the header of any file that numpy writes, and that one read brings along. */
const HEAD_BYTES = 4096;
/** The rows' mark and the length of the header. */
const PREAMBLE_BYTES = 12;

/**
 * Opens a `.npy` file without reading its values: of a long mel, `[num_mels, frames]`, a few frames at a time.
 *
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError as `readNpy` does; that values are missing is seen at once
 */
export async function openNpy(source: ByteSource, where = 'npy'): Promise<NpyColumns> {
  const header = readNpyHeader(await readHead(source), where);
  const { shape, type, columnMajor, start } = header;
  const { bytes } = npyType(type)!;
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape.slice(0, -1));
  const byteLength = rows * columns * bytes;
  checkNpyLength(shape, { needed: byteLength, there: source.size - start, where });
  const rangeOf = (from: number, to: number) =>
    source.read(start + from * bytes, start + to * bytes);
  return {
    ...header,
    byteLength,
    async readFlat(from, to) {
      checkRange([from, to], rows * columns, 'the array');
      const part = [to - from];
      const elements = await rangeOf(from, to);
      return { shape: part, data: decodeNpy(type, elements, { shape: part, columnMajor: false }) };
    },
    async read(from, to) {
      checkRange([from, to], columns, 'the last axis');
      const part = [...shape.slice(0, -1), to - from];
      if (columnMajor) {
        const elements = await rangeOf(rows * from, rows * to);
        return { shape: part, data: decodeNpy(type, elements, { shape: part, columnMajor }) };
      }
      const width = (to - from) * bytes;
      const elements = new Uint8Array(rows * width);
      // One after the other: a hundred reads on their way at once would fill the queue of whoever else reads.
      for (let row = 0; row < rows; row++) {
        elements.set(await rangeOf(row * columns + from, row * columns + to), row * width);
      }
      return { shape: part, data: decodeNpy(type, elements, { shape: part, columnMajor }) };
    },
  };
}

function checkRange([from, to]: readonly [number, number], count: number, what: string): void {
  if (from >= 0 && from <= to && to <= count) return;
  throw new RangeError(
    `openNpy: [${from}, ${to}) must lie in [0, ${count}), because ${what} has so many elements`,
  );
}

/** As many bytes from the beginning of a file as its header takes, and more. */
export async function readHead(source: ByteSource): Promise<Uint8Array> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size));
  if (head.length < PREAMBLE_BYTES || head.length === source.size) return head;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const wide = head[6] >= 2;
  const end = wide ? PREAMBLE_BYTES + view.getUint32(8, true) : 10 + view.getUint16(8, true);
  // A length beyond all headers is told by the reader, of what is there.
  return end <= head.length || end > source.size || end > 1 << 20 ? head : source.read(0, end);
}
