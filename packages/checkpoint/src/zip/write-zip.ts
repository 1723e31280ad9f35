import { crc32 } from './crc32.js';

/** A file to be stored in a zip file. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is written in its place, deflated; absent where it is stored as it is. */
  readonly packed?: Uint8Array;
}

/** Without zip64 no place is further from the start. */
const FURTHEST = 0xffffffff;

/**
 * The pieces of a zip file, one after the other: those of contents are views of what was given, so that a large file
 * needs no memory of its own.
 *
 * @param align what each file's contents begin at a multiple of, as PyTorch's do, so that they can be mapped
 * @throws RangeError where it is larger than 4 GiB
 */
export function* zipPieces(
  entries: Iterable<ZipEntry>,
  { align = 1 }: { readonly align?: number } = {},
): Generator<Uint8Array> {
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes, packed } of entries) {
    const nameBytes = new TextEncoder().encode(name);
    const contents = packed ?? bytes;
    // An extra field of its own kind, "FB" as PyTorch calls it, fills up to the next multiple.
    const gap = (align - ((at + 30 + nameBytes.length) % align)) % align;
    const padding = gap === 0 ? 0 : gap < 4 ? gap + align : gap;
    const common = commonFields({
      name: nameBytes,
      bytes,
      contents,
      isPacked: packed !== undefined,
    });
    const local = new Uint8Array(30 + nameBytes.length + padding);
    const view = new DataView(local.buffer);
    view.setUint32(0, 0x04034b50, true);
    local.set(common, 4);
    view.setUint16(28, padding, true);
    local.set(nameBytes, 30);
    if (padding > 0) {
      view.setUint16(30 + nameBytes.length, 0x4246, true);
      view.setUint16(32 + nameBytes.length, padding - 4, true);
      local.fill(0x5a, 34 + nameBytes.length);
    }
    directory.push(directoryEntry(common, nameBytes, at));
    at += local.length + contents.length;
    if (at > FURTHEST) throw tooLarge(name);
    yield local;
    yield contents;
  }
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  if (at + length > FURTHEST || directory.length > 0xffff) throw tooLarge('the directory');
  yield* directory;
  const end = new Uint8Array(22);
  const view = new DataView(end.buffer);
  view.setUint32(0, 0x06054b50, true);
  view.setUint16(8, directory.length, true);
  view.setUint16(10, directory.length, true);
  view.setUint32(12, length, true);
  view.setUint32(16, at, true);
  yield end;
}

/** Pieces in one. */
export function joinPieces(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  const joined = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

/** The 24 bytes from the version that is needed to the length of the name, which both headers have. */
function commonFields(file: {
  readonly name: Uint8Array;
  readonly bytes: Uint8Array;
  readonly contents: Uint8Array;
  readonly isPacked: boolean;
}): Uint8Array {
  const fields = new Uint8Array(24);
  const view = new DataView(fields.buffer);
  view.setUint16(0, 20, true);
  // Names are UTF-8.
  view.setUint16(2, 0x0800, true);
  view.setUint16(4, file.isPacked ? 8 : 0, true);
  // The first day that a zip file knows, so that equal contents are equal files.
  view.setUint16(8, 0x0021, true);
  view.setUint32(10, crc32(file.bytes), true);
  view.setUint32(14, file.contents.length, true);
  view.setUint32(18, file.bytes.length, true);
  view.setUint16(22, file.name.length, true);
  return fields;
}

function directoryEntry(common: Uint8Array, name: Uint8Array, at: number): Uint8Array {
  const entry = new Uint8Array(46 + name.length);
  const view = new DataView(entry.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, 20, true);
  entry.set(common, 6);
  view.setUint32(42, at, true);
  entry.set(name, 46);
  return entry;
}

function tooLarge(name: string): RangeError {
  return new RangeError(
    `zip: ${name} ends beyond 4 GiB, where a zip file of this kind has no place; write fewer arrays into one file`,
  );
}
