import { MemoryBudget } from '../memory-budget.js';
import { type Reading, range } from '../reading.js';
import { KnownGlobals } from './known-globals.js';
import { objectPickledWords } from './passed-over-words.js';
import { PickleCutOff } from './pickle-bytes.js';
import { PickledDict, PickledObject } from './pickled.js';
import { storageOf } from './storage-id.js';
import type { LayoutOptions, TorchLayout } from './torch-file.js';
import { unpickle } from './unpickle.js';

export const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;
export const LEGACY_PROTOCOL = 1001;
/** What is read at first; where the pickles are longer, four times as much, and so on. */
const FIRST_READ = 2 ** 18;

/**
 * The layout before PyTorch 1.6, and of `_use_new_zipfile_serialization=False`: five pickles (a magic number, a
 * protocol, a system, what was saved, the keys of its storages), and for each storage its length and its elements,
 * little-endian on every machine.
 */
export function* readLegacyLayout(options: LayoutOptions): Reading<TorchLayout> {
  const { size, fail } = options;
  let length = Math.min(size, FIRST_READ);
  let head: Head | undefined;
  while (!head) {
    const bytes = yield* range(0, length);
    if (isTar(bytes)) {
      throw fail(
        'it is a tar file, as PyTorch before 0.1.10 wrote; load it with PyTorch 1.x and save it again; write it with torch.save',
      );
    }
    try {
      head = readHead(bytes, options);
    } catch (error) {
      if (!(error instanceof PickleCutOff) || length === size) throw error;
      length = Math.min(size, 4 * length);
    }
  }
  const { root, budget, storages, keys } = head;
  const places = new Map<string, number>();
  let at = head.end;
  for (const key of keys) {
    const storage = storages.get(key);
    if (!storage) throw fail(`storage ${key.slice(0, 80)} belongs to nothing: it is damaged`);
    if (places.has(key)) throw fail(`storage ${key.slice(0, 80)} is there twice: it is damaged`);
    if (at + 8 > size) throw fail(`storage ${key.slice(0, 80)} is not there: it is cut off`);
    const count = yield* range(at, at + 8);
    const found = new DataView(count.buffer, count.byteOffset, 8).getBigInt64(0, true);
    if (found !== BigInt(storage.length)) {
      throw fail(
        `storage ${key.slice(0, 80)} has ${found} elements and should have ${storage.length}: it is damaged`,
      );
    }
    at += 8;
    places.set(key, at);
    at += storage.length * storage.bytes;
    if (at > size) throw fail(`it should have ${at} bytes and has ${size}: it is cut off`);
  }
  for (const key of storages.keys()) {
    if (!places.has(key)) throw fail(`storage ${key.slice(0, 80)} is not there: it is damaged`);
  }
  return {
    root,
    budget,
    isBigEndian: false,
    readStorage: ({ key }, start, end) => {
      const place = places.get(key)!;
      return range(place + start, place + end);
    },
  };
}

interface Head {
  readonly root: unknown;
  readonly budget: MemoryBudget;
  /** By key: elements, and bytes of each. */
  readonly storages: ReadonlyMap<string, { readonly length: number; readonly bytes: number }>;
  /** In the order of the file. */
  readonly keys: readonly string[];
  /** Where the storages begin. */
  readonly end: number;
}

function readHead(bytes: Uint8Array, { size, fail, placeholders }: LayoutOptions): Head {
  const budget = new MemoryBudget(size, fail);
  const globals = new KnownGlobals({ budget, fail }, placeholders);
  const storages = new Map<string, { readonly length: number; readonly bytes: number }>();
  const persistent = (id: unknown) => {
    const { storage, length } = storageOf(id, fail);
    const known = storages.get(storage.key);
    const { bytes } = storage.type;
    if (known && (known.length !== length || known.bytes !== bytes)) {
      throw fail(`storage ${storage.key.slice(0, 80)} has two lengths: it is damaged`);
    }
    storages.set(storage.key, { length, bytes });
    return storage;
  };
  let end = 0;
  const next = () => {
    const read = unpickle(bytes, end, {
      call: globals.call,
      build: globals.build,
      persistent,
      budget,
      fail,
    });
    end = read.end;
    return read.value;
  };
  const magic = next();
  if (magic !== LEGACY_MAGIC) {
    const what = 'it is a pickle that torch.save did not write';
    throw fail(
      magic instanceof PickledObject
        ? `${what}, ${objectPickledWords(magic.name)}`
        : `${what}; load it with the program it is of; write it with torch.save`,
    );
  }
  const protocol = next();
  if (protocol !== LEGACY_PROTOCOL)
    throw fail(
      `its protocol is ${typeof protocol === 'number' ? protocol : 'no number'} and not ${LEGACY_PROTOCOL}`,
    );
  const system = next();
  if (!(system instanceof PickledDict)) throw fail('it does not say what wrote it: it is damaged');
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) throw fail('it has no list of its storages: it is damaged');
  if (!keys.every((key) => typeof key === 'string' || typeof key === 'number')) {
    throw fail('a storage is named by what is no text: it is damaged');
  }
  budget.charge(32 * keys.length);
  return { root, budget, storages, keys: keys.map(String), end };
}

/** `ustar` stands where a tar file has it. */
function isTar(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';
}
