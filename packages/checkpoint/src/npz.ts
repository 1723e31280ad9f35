import { deflateSync } from 'fflate';
import { joinPieces } from './join-pieces.js';
import { MemoryBudget } from './memory-budget.js';
import { FormatError, type NamedArray, type NamedArrays, sizeOf } from './named-array.js';
import { readNpy, readNpyHeader, writeNpy } from './npy.js';
import { npyType } from './npy-types.js';
import { readFromBytes } from './reading.js';
import { recognizeFile } from './recognize-file.js';
import { zipPieces } from './zip/write-zip.js';
import { readZipDirectory } from './zip/zip-directory.js';
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
  const fail = (what: string) =>
    new FormatError(
      `${where}: not a readable .npz file: ${what}. Write it with numpy.savez(path, name=array).`,
    );
  const size = bytes.byteLength;
  const found = recognizeFile(bytes);
  if (found && !['npz', 'zip'].includes(found.kind)) throw fail(`it is ${found.description}`);
  const budget = new MemoryBudget(size, fail);
  const arrays = new Map<string, NamedArray>();
  for (const member of readFromBytes(readZipDirectory(size, fail), bytes, where).values()) {
    if (!member.name.endsWith('.npy')) throw fail(`it holds ${member.name}, which is no array`);
    const contents = readFromBytes(readMember(member, { size, budget, fail }), bytes, where);
    const name = member.name.slice(0, -'.npy'.length);
    const inside = `${where}: ${name}`;
    const { shape, type } = readNpyHeader(contents, inside);
    budget.charge(sizeOf(shape) * npyType(type)!.read);
    arrays.set(name, readNpy(contents, inside));
  }
  return arrays;
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
