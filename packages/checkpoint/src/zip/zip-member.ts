import { Inflate } from 'fflate';
import type { MemoryBudget } from '../memory-budget.js';
import type { FormatError } from '../named-array.js';
import { type Reading, range } from '../reading.js';
import { crc32 } from './crc32.js';
import { locateMember, type ZipMember } from './zip-directory.js';

/** Deflate packs a thousand bytes into one at best; so a piece makes 16 MiB at most. */
const PIECE = 2 ** 14;

export interface ReadMemberOptions {
  /** Bytes of the whole zip file. */
  readonly size: number;
  readonly budget: MemoryBudget;
  readonly fail: (what: string) => FormatError;
}

/**
 * Reads a member whole and compares its checksum.
 *
 * @returns of a stored one what the source handed out, which may be a view of the file
 */
export function* readMember(
  member: ZipMember,
  { size, budget, fail }: ReadMemberOptions,
): Reading<Uint8Array> {
  const start = yield* locateMember(member, size, fail);
  const packed = yield* range(start, start + member.packed);
  let bytes = packed;
  if (member.method === 8) {
    budget.charge(member.size);
    bytes = inflate(packed, member, fail);
  } else if (member.method !== 0) {
    throw fail(`${member.name} is packed by method ${member.method}; stored and deflated are read`);
  }
  if (member.crc !== 0 && crc32(bytes) !== member.crc) {
    throw fail(`${member.name} does not match its checksum: it is damaged`);
  }
  return bytes;
}

function inflate(
  packed: Uint8Array,
  { name, size }: ZipMember,
  fail: (what: string) => FormatError,
): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  const inflater = new Inflate((chunk) => {
    if (filled + chunk.length > size)
      throw fail(`${name} holds more than the ${size} bytes it says`);
    bytes.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    // In pieces, so that one which goes on for ever is noticed.
    for (let at = 0; at < packed.length; at += PIECE) {
      inflater.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'FormatError') throw error;
    throw fail(`${name} cannot be unpacked: it is damaged`);
  }
  if (filled !== size) throw fail(`${name} holds ${filled} of the ${size} bytes it says`);
  return bytes;
}
