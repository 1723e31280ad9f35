import { deflateSync } from 'fflate';
import type { ByteSource } from './byte-source.js';
import { joinPieces } from './join-pieces.js';
import { type DeferredArray, type LazyArrays, lazyArrays } from './lazy-arrays.js';
import { MemoryBudget } from './memory-budget.js';
import { FormatError, type NamedArray, type NamedArrays, sizeOf } from './named-array.js';
import { type NpyHeader, parseNpyHeader, readNpy, readNpyHeader, writeNpy } from './npy.js';
import { type NpyColumns, openNpy, readHead } from './npy-columns.js';
import { npyType } from './npy-types.js';
import { type Reading, readFromBytes, readFromSource } from './reading.js';
import { RECOGNIZED_BYTES, type RecognizedFile, recognizeFile } from './recognize-file.js';
import { openMember } from './zip/open-zip.js';
import { zipPieces } from './zip/write-zip.js';
import { readZipDirectory, type ZipMember } from './zip/zip-directory.js';
import { readMember } from './zip/zip-member.js';

/**
 * Reads what `numpy.savez` and `numpy.savez_compressed` wrote: arrays by name, in the order of the file.
 *
 * What reading takes beyond the file itself is 64 MiB and eight times the file's size at most.
 *
 * @param bytes the whole file
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError where the bytes are no such file, are damaged or cut off, or an array is none that {@link
 * readNpy}
 *   reads
 */
export function readNpz(bytes: Uint8Array, where = 'npz'): NamedArrays {
  const fail = npzFailure(where);
  const size = bytes.byteLength;
  refuseOthers(recognizeFile(bytes), fail);
  const budget = new MemoryBudget(size, fail);
  const arrays = new Map<string, NamedArray>();
  const members = readFromBytes(readNpzDirectory(size, fail), bytes, where);
  for (const [name, member] of members) {
    const contents = readFromBytes(readMember(member, { size, budget, fail }), bytes, where);
    const inside = `${where}: ${name}`;
    const { shape, type } = readNpyHeader(contents, inside);
    budget.charge(sizeOf(shape) * npyType(type)!.read);
    arrays.set(name, readNpy(contents, inside));
  }
  return arrays;
}

/** How {@link openNpz} opens. */
export interface OpenNpzOptions {
  /** Told of an array whose type is not read, as numpy spells it, which is an error where left out. */
  readonly other?: (name: string, type: string) => void;
}

/**
 * The arrays of a `.npz` file, one after the other, in the order of the file. Of a stored one (`numpy.savez`) parts
 * can be read, of any size; a deflated one is held whole while it is looked at, 64 MiB and eight times the file at
 * most.
 *
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError as {@link readNpz}, where a checksum does not match too
 */
export async function* openNpz(
  source: ByteSource,
  where = 'npz',
  { other }: OpenNpzOptions = {},
): AsyncGenerator<readonly [string, NpyColumns]> {
  const fail = npzFailure(where);
  const { size } = source;
  refuseOthers(await recognizeSource(source), fail);
  const members = await readFromSource(readNpzDirectory(size, fail), source, where);
  for (const [name, member] of members) {
    const budget = new MemoryBudget(size, fail);
    const inside = await openMember(member, source, { where, budget, fail });
    const place = `${where}: ${name}`;
    const unread = other && (await headOfOther(inside, place));
    if (unread === undefined) yield [name, await openNpy(inside, place)];
    else other?.(name, unread.type);
  }
}

/** A `.npz` file of which one array after the other is read. */
export interface NpzArrays extends LazyArrays {
  /**
   * What cannot be read, by name: its shape, and its type as numpy spells it, `<U2` of text, `|O` of Python's objects, or of numbers
   * that no array of ours holds, such as `<c8`.
   */
  readonly others: ReadonlyMap<string, Pick<NpyHeader, 'type' | 'shape'>>;
}

/**
 * Opens a `.npz` file: what stands before the values of each array is read, and every checksum compared; then one array
 * at a time. Arrays of types that cannot be read, such as text and objects, are told.
 *
 * What one array takes beyond the file is 64 MiB and eight times the file's size at most.
 *
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError as {@link openNpz}
 */
export async function openNpzArrays(source: ByteSource, where = 'npz'): Promise<NpzArrays> {
  const fail = npzFailure(where);
  const { size } = source;
  refuseOthers(await recognizeSource(source), fail);
  const members = await readFromSource(readNpzDirectory(size, fail), source, where);
  const arrays = new Map<string, DeferredArray>();
  const others = new Map<string, Pick<NpyHeader, 'type' | 'shape'>>();
  for (const [name, member] of members) {
    const inside = `${where}: ${name}`;
    const open = async () => {
      const budget = new MemoryBudget(size, fail);
      return { budget, contents: await openMember(member, source, { where, budget, fail }) };
    };
    const { contents } = await open();
    const other = await headOfOther(contents, inside);
    if (other !== undefined) {
      others.set(name, other);
      continue;
    }
    const { shape, type } = await openNpy(contents, inside);
    const { name: dtype, as, read: width } = npyType(type)!;
    arrays.set(name, {
      ...{ shape, dtype, as },
      async read() {
        const { budget, contents } = await open();
        budget.charge(sizeOf(shape) * width);
        return readNpy(await contents.read(0, contents.size), inside);
      },
    });
  }
  return { ...lazyArrays(where, arrays, {}), others };
}

/** What stands before an array whose type cannot be read; undefined of others. */
async function headOfOther(contents: ByteSource, where: string): Promise<NpyHeader | undefined> {
  const header = parseNpyHeader(await readHead(contents), where);
  return npyType(header.type) ? undefined : header;
}

async function recognizeSource(source: ByteSource): Promise<RecognizedFile | undefined> {
  return recognizeFile(await source.read(0, Math.min(source.size, RECOGNIZED_BYTES)));
}

type Fail = (what: string) => FormatError;

function npzFailure(where: string): Fail {
  return (what) =>
    new FormatError(
      `${where}: not a readable .npz file: ${what}. Copy or download it again, or make it again with numpy.savez(path, name=array).`,
    );
}

function refuseOthers(found: RecognizedFile | undefined, fail: Fail): void {
  if (found && !['npz', 'zip'].includes(found.kind)) throw fail(`it is ${found.description}`);
}

/** By the names of the arrays. */
function* readNpzDirectory(size: number, fail: Fail): Reading<ReadonlyMap<string, ZipMember>> {
  const members = new Map<string, ZipMember>();
  for (const member of (yield* readZipDirectory(size, fail)).values()) {
    if (!member.name.endsWith('.npy')) throw fail(`it holds ${member.name}, which is no array`);
    members.set(member.name.slice(0, -'.npy'.length), member);
  }
  return members;
}

/** How {@link writeNpz} stores. */
export interface WriteNpzOptions {
  /** Deflates, as `numpy.savez_compressed` does; features shrink by a tenth, and take long. */
  readonly compressed?: boolean;
}

/**
 * Writes a `.npz` file that `numpy.load` reads.
 *
 * @throws RangeError where a shape does not fit its data
 */
export function writeNpz(
  arrays: NamedArrays,
  { compressed = false }: WriteNpzOptions = {},
): Uint8Array {
  const entries = [...arrays].map(([name, array]) => {
    const bytes = writeNpy(array);
    return { name: `${name}.npy`, bytes, ...(compressed && { packed: deflateSync(bytes) }) };
  });
  return joinPieces(zipPieces(entries));
}
