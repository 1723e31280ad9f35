import { type ByteSource, sourceOfBytes } from '../byte-source.js';
import { MemoryBudget } from '../memory-budget.js';
import { FormatError } from '../named-array.js';
import { type Reading, range, readFromSource } from '../reading.js';
import { gunzipped } from './gunzipped.js';
import { readForward } from './read-forward.js';
import { readTar, type TarMember } from './read-tar.js';

export interface OpenTarOptions {
  /** Whether a file is wanted, by its name in the archive; all are where left out. */
  readonly keep?: (name: string) => boolean;
}

/**
 * Files of a tar archive, with gzip or without, by their names in it. Without gzip they are parts of the source, and
 * nothing of them is held. With gzip the archive is unpacked once, piece by piece, and the kept ones are in memory: all
 * that it unfolds to must be 64 MiB and eight times the file at most.
 *
 * @param where what to call it in errors
 * @throws FormatError where it is no such archive, is cut off, or holds anything but files, folders and links that
 * are not wanted
 */
export async function openTar(
  source: ByteSource,
  where = 'tar',
  { keep = () => true }: OpenTarOptions = {},
): Promise<ReadonlyMap<string, ByteSource>> {
  const fail = (what: string) =>
    new FormatError(
      `${where}: not a readable tar archive: ${what}. Copy or download it again, or pack it anew: tar -chf.`,
    );
  const files = new Map<string, ByteSource>();
  const start = await source.read(0, Math.min(source.size, 2));
  if (start[0] === 0x1f && start[1] === 0x8b) {
    const budget = new MemoryBudget(source.size, fail);
    function* hold({ name, start, size }: TarMember): Reading<void> {
      files.set(name, sourceOfBytes(yield* range(start, start + size)));
    }
    const reading = readTar({ size: Number.POSITIVE_INFINITY, keep, fail }, hold);
    await readForward(reading, gunzipped(source, fail), { budget, fail });
    return files;
  }
  // It reads nothing yet.
  function* point({ name, start, size }: TarMember): Reading<void> {
    files.set(name, {
      size,
      read: (from, to) => source.read(start + from, start + Math.min(to, size)),
    });
  }
  await readFromSource(readTar({ size: source.size, keep, fail }, point), source, where);
  return files;
}
