import { type ByteSource, sourceOfBytes } from '../byte-source.js';
import { MemoryBudget } from '../memory-budget.js';
import { FormatError } from '../named-array.js';
import { readFromSource } from '../reading.js';
import { crc32 } from './crc32.js';
import { locateMember, readZipDirectory, type ZipMember } from './zip-directory.js';
import { readMember } from './zip-member.js';

export interface OpenZipOptions {
  /** Whether a file is wanted, by its name in the archive and its bytes when unpacked; all are where left out. */
  readonly keep?: (name: string, size: number) => boolean;
}

/**
 * Files of a zip archive by their names in it, without its folders. Stored ones are parts of the source, deflated ones
 * are unpacked and held, 64 MiB and eight times the archive at most in all. Of each the checksum is compared.
 *
 * @param where what to call it in errors
 * @throws FormatError where it is no such archive, is damaged, cut off or encrypted, or unfolds to more
 */
export async function openZip(
  source: ByteSource,
  where = 'zip',
  { keep = () => true }: OpenZipOptions = {},
): Promise<ReadonlyMap<string, ByteSource>> {
  const fail = (what: string) =>
    new FormatError(
      `${where}: not a readable zip archive: ${what}. Copy or download it again, or pack it anew: zip -r.`,
    );
  const { size } = source;
  const budget = new MemoryBudget(size, fail);
  const members = await readFromSource(readZipDirectory(size, fail), source, where);
  const files = new Map<string, ByteSource>();
  for (const [name, member] of members) {
    if (name.endsWith('/') || !keep(name, member.size)) continue;
    files.set(name, await openMember(member, source, { where, budget, fail }));
  }
  return files;
}

interface OpenMemberOptions {
  /** What to call the archive in errors. */
  readonly where: string;
  /** Of what is unpacked. */
  readonly budget: MemoryBudget;
  readonly fail: (what: string) => FormatError;
}

/** A member: the part of the source that it is, or what was unpacked of it. @throws FormatError where it is damaged */
export async function openMember(
  member: ZipMember,
  source: ByteSource,
  { where, budget, fail }: OpenMemberOptions,
): Promise<ByteSource> {
  if (member.method === 0) return storedSource(member, source, { where, fail });
  const reading = readMember(member, { size: source.size, budget, fail });
  return sourceOfBytes(await readFromSource(reading, source, where));
}

/** Bytes of a stored member that are compared with its checksum at once. */
const PIECE = 2 ** 24;

async function storedSource(
  member: ZipMember,
  source: ByteSource,
  { where, fail }: Pick<OpenMemberOptions, 'where' | 'fail'>,
): Promise<ByteSource> {
  const start = await readFromSource(locateMember(member, source.size, fail), source, where);
  const { packed, crc: stated, name } = member;
  let crc = 0;
  for (let at = 0; at < packed; at += PIECE) {
    crc = crc32(await source.read(start + at, start + Math.min(at + PIECE, packed)), crc);
  }
  if (stated !== 0 && crc !== stated) {
    throw fail(`${name} does not match its checksum: it is damaged`);
  }
  return {
    size: packed,
    // What lies behind is another member's.
    read: (from, to) => source.read(start + from, start + Math.min(to, packed)),
  };
}
