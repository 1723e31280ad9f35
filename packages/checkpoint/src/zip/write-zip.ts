import { crc32 } from './crc32.js';

export { joinPieces } from '../join-pieces.js';

/** A file to be stored in a zip file. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** What is written in its place, deflated; absent where it is stored as it is. */
  readonly packed?: Uint8Array;
}

/** A file as the headers of a zip file speak of it. */
export interface ZipFacts {
  readonly name: string;
  readonly crc: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes that are written of it. */
  readonly stored: number;
  readonly isPacked: boolean;
}

export interface ZipWriterOptions {
  /** What each file's contents begin at a multiple of, as PyTorch's do, so that they can be mapped. */
  readonly align?: number;
}

// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
/** Stands where a number needs more than 32 bits; the number itself is in an extra field then (zip64). */
const WIDE = 0xffffffff;
const WIDE_COUNT = 0xffff;
const ZIP64_FIELD = 1;
/** What fills up to the next multiple: a field of its own kind, "FB" as PyTorch calls it. */
const PADDING_FIELD = 0x4246;
/** Versions of the format that are needed: with deflate and folders, and with zip64. */
const VERSION = { plain: 20, wide: 45 } as const;

/**
 * Writes a zip file one file after the other, zip64 where something is larger than 4 GiB; it keeps the directory and
 * nothing of the contents.
 */
export class ZipWriter {
  private readonly align: number;
  private readonly directory: Uint8Array[] = [];
  private at = 0;

  constructor({ align = 1 }: ZipWriterOptions = {}) {
    this.align = align;
  }

  /** @returns what is to be written: contents are views of what was given */
  add({ name, bytes, packed }: ZipEntry): readonly Uint8Array[] {
    const contents = packed ?? bytes;
    const facts = {
      ...{ name, crc: crc32(bytes), size: bytes.length },
      ...{ stored: contents.length, isPacked: packed !== undefined },
    };
    return [this.begin(facts), contents];
  }

  /** @returns what stands before the contents, `facts.stored` bytes, which are to be written next */
  begin(facts: ZipFacts): Uint8Array {
    const name = new TextEncoder().encode(facts.name);
    // Of a local header both sizes are there, or neither.
    const isWide = facts.size >= WIDE || facts.stored >= WIDE;
    const wide = isWide ? wideField([facts.size, facts.stored]) : new Uint8Array(0);
    const gap =
      (this.align - ((this.at + 30 + name.length + wide.length) % this.align)) % this.align;
    const padding = gap === 0 ? 0 : gap < 4 ? gap + this.align : gap;
    const header = new Uint8Array(30 + name.length + wide.length + padding);
    const view = new DataView(header.buffer);
    view.setUint32(0, 0x04034b50, true);
    header.set(commonFields(facts, name, isWide), 4);
    view.setUint16(28, wide.length + padding, true);
    header.set(name, 30);
    header.set(wide, 30 + name.length);
    if (padding > 0) {
      const start = 30 + name.length + wide.length;
      view.setUint16(start, PADDING_FIELD, true);
      view.setUint16(start + 2, padding - 4, true);
      header.fill(0x5a, start + 4);
    }
    this.directory.push(directoryEntry(facts, name, this.at));
    this.at += header.length + facts.stored;
    return header;
  }

  /** @returns the directory, which ends the file */
  finish(): readonly Uint8Array[] {
    const { directory, at: start } = this;
    const length = directory.reduce((sum, entry) => sum + entry.length, 0);
    const count = directory.length;
    const isWide = count >= WIDE_COUNT || length >= WIDE || start >= WIDE;
    const end = new Uint8Array(22);
    const view = new DataView(end.buffer);
    view.setUint32(0, 0x06054b50, true);
    view.setUint16(8, Math.min(count, WIDE_COUNT), true);
    view.setUint16(10, Math.min(count, WIDE_COUNT), true);
    view.setUint32(12, Math.min(length, WIDE), true);
    view.setUint32(16, Math.min(start, WIDE), true);
    return [...directory, ...(isWide ? [wideEnd({ count, start, length })] : []), end];
  }
}

/** The pieces of a zip file, one after the other, so that a large file needs no memory of its own. */
export function* zipPieces(
  entries: Iterable<ZipEntry>,
  options: ZipWriterOptions = {},
): Generator<Uint8Array> {
  const writer = new ZipWriter(options);
  for (const entry of entries) yield* writer.add(entry);
  yield* writer.finish();
}

/** The 24 bytes from the version that is needed to the length of the name, which both headers have. */
function commonFields(facts: ZipFacts, name: Uint8Array, isWide: boolean): Uint8Array {
  const fields = new Uint8Array(24);
  const view = new DataView(fields.buffer);
  view.setUint16(0, isWide ? VERSION.wide : VERSION.plain, true);
  // Names are UTF-8.
  view.setUint16(2, 0x0800, true);
  view.setUint16(4, facts.isPacked ? 8 : 0, true);
  // The first day that a zip file knows, so that equal contents are equal files.
  view.setUint16(8, 0x0021, true);
  view.setUint32(10, facts.crc, true);
  const sizes = [facts.stored, facts.size];
  for (const [i, size] of sizes.entries()) view.setUint32(14 + 4 * i, isWide ? WIDE : size, true);
  view.setUint16(22, name.length, true);
  return fields;
}

function directoryEntry(facts: ZipFacts, name: Uint8Array, at: number): Uint8Array {
  const isLarge = facts.size >= WIDE || facts.stored >= WIDE;
  const numbers = [...(isLarge ? [facts.size, facts.stored] : []), ...(at >= WIDE ? [at] : [])];
  const wide = numbers.length > 0 ? wideField(numbers) : new Uint8Array(0);
  const entry = new Uint8Array(46 + name.length + wide.length);
  const view = new DataView(entry.buffer);
  view.setUint32(0, 0x02014b50, true);
  view.setUint16(4, numbers.length > 0 ? VERSION.wide : VERSION.plain, true);
  entry.set(commonFields(facts, name, isLarge), 6);
  if (numbers.length > 0) view.setUint16(6, VERSION.wide, true);
  view.setUint16(30, wide.length, true);
  view.setUint32(42, Math.min(at, WIDE), true);
  entry.set(name, 46);
  entry.set(wide, 46 + name.length);
  return entry;
}

/**
 * The extra field of numbers that need 64 bits: size, stored size, place, of which those are left out that need not.
 */
function wideField(numbers: readonly number[]): Uint8Array {
  const field = new Uint8Array(4 + 8 * numbers.length);
  const view = new DataView(field.buffer);
  view.setUint16(0, ZIP64_FIELD, true);
  view.setUint16(2, 8 * numbers.length, true);
  for (const [i, number] of numbers.entries()) view.setBigUint64(4 + 8 * i, BigInt(number), true);
  return field;
}

/** The end of a directory in 64 bits, and where it lies. */
function wideEnd({
  count,
  start,
  length,
}: {
  readonly count: number;
  readonly start: number;
  readonly length: number;
}): Uint8Array {
  const end = new Uint8Array(56 + 20);
  const view = new DataView(end.buffer);
  const wide = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true);
  view.setUint32(0, 0x06064b50, true);
  // Of what follows this number.
  wide(4, 44);
  view.setUint16(12, VERSION.wide, true);
  view.setUint16(14, VERSION.wide, true);
  wide(24, count);
  wide(32, count);
  wide(40, length);
  wide(48, start);
  view.setUint32(56, 0x07064b50, true);
  wide(56 + 8, start + length);
  view.setUint32(56 + 16, 1, true);
  return end;
}
