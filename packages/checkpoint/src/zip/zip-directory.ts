import type { FormatError } from '../named-array.js';
import { type Reading, range } from '../reading.js';

// The format: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** A comment has this many bytes at most, and the end record stands before it. */
const LONGEST_TAIL = 22 + 0xffff;
const UNKNOWN32 = 0xffffffff;
/** Each is an array, and no model has as many; a directory of more is not even read. */
const MOST_MEMBERS = 2 ** 18;

/** A file in a zip file, by the directory at its end. */
export interface ZipMember {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  /** 0 where its writer left it out, as PyTorch may. */
  readonly crc: number;
  /** Bytes in the file. */
  readonly packed: number;
  /** Bytes of what it holds. */
  readonly size: number;
  /** Where its local header begins. */
  readonly header: number;
}

type Fail = (what: string) => FormatError;

/**
 * Reads the directory of a zip file, zip64 too.
 *
 * @param size bytes of the whole file
 * @throws FormatError where it is cut off, has more than a quarter of a million members, or lies: members past the end,
 * two of one name, members that overlap
 */
export function* readZipDirectory(
  size: number,
  fail: Fail,
): Reading<ReadonlyMap<string, ZipMember>> {
  const { count, start, length } = yield* findDirectory(size, fail);
  if (start + length > size) throw fail('its directory does not lie in the file: it is cut off');
  // The smallest entry has 46 bytes, and as many are needed, so that a count alone promises nothing.
  if (count * 46 > length) throw fail(`its directory is too short for ${count} files`);
  if (count > MOST_MEMBERS) throw fail(`it has ${count} files; ${MOST_MEMBERS} at most are read`);
  const bytes = yield* range(start, start + length);
  const members = new Map<string, ZipMember>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const { member, end } = readEntry(bytes, at, fail);
    at = end;
    if (members.has(member.name)) throw fail(`it has two files of the name ${member.name}`);
    members.set(member.name, member);
  }
  checkPlaces([...members.values()], start, fail);
  return members;
}

/** Where a member's bytes lie, which its local header tells. */
export function* locateMember(
  { header, packed, name }: ZipMember,
  size: number,
  fail: Fail,
): Reading<number> {
  if (header + 30 > size) throw fail(`${name} begins past its end`);
  const view = viewOf(yield* range(header, header + 30));
  if (view.getUint32(0, true) !== LOCAL) throw fail(`${name} does not lie where it should`);
  const start = header + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (start + packed > size) throw fail(`${name} ends past its end: it is cut off`);
  return start;
}

interface Directory {
  readonly count: number;
  readonly start: number;
  readonly length: number;
}

function* findDirectory(size: number, fail: Fail): Reading<Directory> {
  const tailStart = Math.max(0, size - LONGEST_TAIL);
  const tail = yield* range(tailStart, size);
  const view = viewOf(tail);
  let at = tail.length - 22;
  while (at >= 0 && view.getUint32(at, true) !== END) at--;
  if (at < 0) throw fail('it has no directory at its end: it is cut off');
  const locator = at - 20;
  if (locator >= 0 && view.getUint32(locator, true) === END64_LOCATOR) {
    return yield* readEnd64(Number(view.getBigUint64(locator + 8, true)), size, fail);
  }
  return {
    count: view.getUint16(at + 10, true),
    length: view.getUint32(at + 12, true),
    start: view.getUint32(at + 16, true),
  };
}

function* readEnd64(at: number, size: number, fail: Fail): Reading<Directory> {
  if (at + 56 > size) throw fail('its directory does not lie in the file: it is cut off');
  const view = viewOf(yield* range(at, at + 56));
  if (view.getUint32(0, true) !== END64) throw fail('its directory is not where it should be');
  return {
    count: Number(view.getBigUint64(32, true)),
    length: Number(view.getBigUint64(40, true)),
    start: Number(view.getBigUint64(48, true)),
  };
}

function readEntry(
  bytes: Uint8Array,
  at: number,
  fail: Fail,
): { readonly member: ZipMember; readonly end: number } {
  const view = viewOf(bytes);
  if (at + 46 > bytes.length || view.getUint32(at, true) !== ENTRY) {
    throw fail('its directory is damaged');
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
    view.getUint16(at + offset, true),
  );
  const extra = at + 46 + nameLength;
  const end = extra + extraLength + commentLength;
  if (end > bytes.length) throw fail('its directory is damaged');
  const name = new TextDecoder().decode(bytes.subarray(at + 46, extra));
  if (view.getUint16(at + 8, true) & 1) throw fail(`${name} is encrypted`);
  // What does not fit into 32 bits stands in the extra field, in this order, and only that.
  const wide = new WideNumbers(view, extra, extra + extraLength);
  const size = wide.of(view.getUint32(at + 24, true));
  const packed = wide.of(view.getUint32(at + 20, true));
  const header = wide.of(view.getUint32(at + 42, true));
  if (![size, packed, header].every(Number.isSafeInteger)) throw fail('its directory is damaged');
  const method = view.getUint16(at + 10, true);
  if (method === 0 && packed !== size) throw fail(`${name} has two sizes, ${packed} and ${size}`);
  return {
    member: { name, method, crc: view.getUint32(at + 16, true), packed, size, header },
    end,
  };
}

/** The numbers of an entry's zip64 field, one after the other. */
class WideNumbers {
  private readonly view: DataView;
  private at: number;
  private readonly end: number;

  constructor(view: DataView, start: number, end: number) {
    this.view = view;
    let at = start;
    while (at + 4 <= end && view.getUint16(at, true) !== 1) at += 4 + view.getUint16(at + 2, true);
    this.at = at + 4;
    this.end = at + 4 <= end ? Math.min(end, at + 4 + view.getUint16(at + 2, true)) : 0;
  }

  /** The number itself, or, where it does not fit, the next of the field; NaN where that is missing. */
  of(value: number): number {
    if (value !== UNKNOWN32) return value;
    this.at += 8;
    return this.at <= this.end ? Number(this.view.getBigUint64(this.at - 8, true)) : Number.NaN;
  }
}

function checkPlaces(members: readonly ZipMember[], directory: number, fail: Fail): void {
  const sorted = [...members].sort((a, b) => a.header - b.header);
  for (const [i, member] of sorted.entries()) {
    const end = member.header + 30 + member.packed;
    const next = sorted[i + 1];
    if (next && end > next.header) throw fail(`${member.name} and ${next.name} overlap`);
    if (end > directory) throw fail(`${member.name} ends past its end: it is cut off`);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
