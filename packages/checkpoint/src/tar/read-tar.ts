import type { FormatError } from '../named-array.js';
import { type Reading, range } from '../reading.js';
import { readPaxRecords } from './pax-records.js';
import { readTarHeader, TAR_BLOCK, tarText } from './tar-header.js';

/** A file in a tar archive that is kept. */
export interface TarMember {
  /** As the archive has it, without `./` before. */
  readonly name: string;
  /** Where its contents begin. */
  readonly start: number;
  readonly size: number;
}

export interface ReadTarOptions {
  /** Bytes of the whole archive; infinite where it ends when it ends. */
  readonly size: number;
  /** Whether a file is wanted; of others nothing is read. */
  readonly keep: (name: string) => boolean;
  readonly fail: (what: string) => FormatError;
}

/** A model has some ten files; each costs a look at its header, whatever it holds. */
const MOST_MEMBERS = 4096;
/** Long names and records stand in what looks like a file. */
const LONGEST_RECORDS = 2 ** 16;

/**
 * Reads the headers of a tar archive, each once and in their order, so that it can be done of a stream as well; a kept
 * member is given when it is met, with its contents still to be read. Only files and folders are allowed, by names
 * within the archive, and links that are not kept: what a model is packed in has no devices or holes.
 *
 * A reader of our own, since it skips what is not wanted by ranges: well-kept ones (tar-stream, modern-tar) pass every
 * byte through, and others (nanotar) hold the whole.
 *
 * @param visit of each kept member, before the next header is read
 * @throws FormatError where it is cut off, damaged, or holds anything else
 */
export function* readTar(
  { size, keep, fail }: ReadTarOptions,
  visit: (member: TarMember) => Reading<void>,
): Reading<void> {
  const names = new Set<string>();
  let at = 0;
  let longName: string | undefined;
  let pax: Pax = {};
  for (let headers = 0; ; headers++) {
    if (headers > MOST_MEMBERS) {
      throw fail(`it has more than ${MOST_MEMBERS} files, and a model has some ten`);
    }
    if (at + TAR_BLOCK > size) throw fail('it has no end: it is cut off');
    const block = yield* range(at, at + TAR_BLOCK);
    if (block.every((byte) => byte === 0)) return;
    const header = readTarHeader(block, fail);
    const start = at + TAR_BLOCK;
    const isRecord = 'LKxg'.includes(header.type);
    const length = isRecord ? header.size : (pax.size ?? header.size);
    // Whatever the header says stays below 2^53 and in the file.
    const end = start + Math.ceil(length / TAR_BLOCK) * TAR_BLOCK;
    if (isRecord && length > LONGEST_RECORDS) {
      throw fail(`what stands of a file in it has ${length} bytes`);
    }
    if (start + length > size) throw fail(`${shown(header.name)} ends past its end: it is cut off`);
    at = end;
    if (isRecord) {
      const bytes = yield* range(start, start + length);
      if (header.type === 'L') longName = tarText(bytes);
      if (header.type === 'x') pax = paxOf(bytes, fail);
      continue;
    }
    const name = (pax.path ?? longName ?? header.name).replace(/^(\.\/+)+/, '');
    longName = undefined;
    pax = {};
    if (header.type === '5') continue;
    if (header.type !== '0') {
      // A link that nobody wants does no harm.
      if ('12'.includes(header.type) && !keep(name)) continue;
      throw fail(`${shown(name)} is ${kindOf(header.type)}; files and folders are read`);
    }
    if (name === '' || name.startsWith('/') || name.split('/').includes('..')) {
      throw fail(`${shown(name)} is a name that leads out of it`);
    }
    if (!keep(name)) continue;
    if (names.has(name)) throw fail(`it has two files of the name ${shown(name)}`);
    names.add(name);
    yield* visit({ name, start, size: length });
  }
}

interface Pax {
  readonly path?: string;
  readonly size?: number;
}

function paxOf(bytes: Uint8Array, fail: (what: string) => FormatError): Pax {
  const records = readPaxRecords(bytes, fail);
  const isSparse = [...records.keys()].some((key) => key.startsWith('GNU.sparse.'));
  if (isSparse) throw fail(`a file in it is ${kindOf('S')}; files and folders are read`);
  const size = records.get('size');
  if (size !== undefined && !(/^\d+$/.test(size) && Number.isSafeInteger(Number(size)))) {
    throw fail('a file in it has no size: it is damaged');
  }
  return { path: records.get('path'), ...(size !== undefined && { size: Number(size) }) };
}

const KINDS: Readonly<Record<string, string>> = {
  1: 'a link',
  2: 'a link',
  3: 'a device',
  4: 'a device',
  6: 'a pipe',
  S: 'a file with holes',
  M: 'a part of a file that goes on in another archive',
  V: 'the name of a tape',
};

function kindOf(type: string): string {
  return Object.hasOwn(KINDS, type) ? KINDS[type] : `of the unknown kind ${JSON.stringify(type)}`;
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80));
}
