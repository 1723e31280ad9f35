import type { MemoryBudget } from '../memory-budget.js';
import { FormatError, type NamedArray } from '../named-array.js';
import { type Reading, range } from '../reading.js';
import { RECOGNIZED_BYTES, RECOGNIZED_TAIL_BYTES, recognizeFile } from '../recognize-file.js';
import { swapBytes } from '../swap-bytes.js';
import { readLegacyLayout } from './legacy-layout.js';
import type { PickledStorage, PickledTensor } from './pickled.js';
import { extentOf, gathered } from './placed-tensor.js';
import { settle } from './settle.js';
import type { TorchTree } from './torch-value.js';
import { readZipLayout } from './zip-layout.js';

/** How a file is read. */
export interface ReadTorchOptions {
  /**
   * What becomes of an object of a class that is not known: an error (the default), or a Map of its attributes, with
   * `__class__` (its name) and, where there are any, `__args__` and `__state__`. Neither runs anything.
   */
  readonly unknown?: 'refuse' | 'placeholder';
}

/** What both layouts are made of. */
export interface TorchLayout {
  /** What the pickle holds, not settled. */
  readonly root: unknown;
  readonly budget: MemoryBudget;
  readonly isBigEndian: boolean;
  /** Bytes of a storage, counted from its first. */
  readonly readStorage: (
    storage: PickledStorage,
    start: number,
    end: number,
  ) => Reading<Uint8Array>;
}

/** What a layout's reader is handed. */
export interface LayoutOptions {
  /** Bytes of the whole file. */
  readonly size: number;
  readonly placeholders: boolean;
  /** Whether parts of a storage may be read alone, then without its checksum. */
  readonly inParts: boolean;
  readonly fail: (what: string) => FormatError;
}

/** A file whose pickle was read, and none of its tensors. */
export interface TorchFile {
  readonly tree: <Tensor>(leaves: {
    readonly tensor: (tensor: PickledTensor) => Tensor;
    readonly array: (array: NamedArray) => Tensor;
  }) => TorchTree<Tensor>;
  readonly readTensor: (tensor: PickledTensor) => Reading<NamedArray>;
  /** What is left for whoever makes something of it. */
  readonly budget: MemoryBudget;
}

/**
 * Reads all of a file but its tensors.
 *
 * @throws FormatError
 */
export function* readTorchFile(
  size: number,
  where: string,
  { unknown = 'refuse', inParts }: ReadTorchOptions & { readonly inParts: boolean },
): Reading<TorchFile> {
  const fail = (what: string) =>
    new FormatError(`${where}: not a readable PyTorch file: ${what}${cureOf(what)}.`);
  const head = yield* range(0, Math.min(size, RECOGNIZED_BYTES));
  const tail = yield* range(Math.max(0, size - RECOGNIZED_TAIL_BYTES), size);
  const found = recognizeFile(head, tail);
  if (found && !['pytorch', 'zip'].includes(found.kind)) throw fail(`it is ${found.description}`);
  const placeholders = unknown === 'placeholder';
  const options: LayoutOptions = { size, placeholders, inParts, fail };
  const isZip = head[0] === 0x50 && head[1] === 0x4b;
  const layout = yield* isZip ? readZipLayout(options) : readLegacyLayout(options);
  const { root, budget } = layout;
  return {
    tree: (leaves) =>
      settle(root, { ...leaves, most: 2 ** 20 + size, cutCycles: placeholders, budget, fail }),
    readTensor: (tensor) => readTensor(layout, tensor),
    budget,
  };
}

function* readTensor(layout: TorchLayout, tensor: PickledTensor): Reading<NamedArray> {
  const { storage, type, offset, shape } = tensor;
  const start = storage.start * storage.type.bytes + offset * type.bytes;
  const end = start + extentOf(tensor) * type.bytes;
  const found = start === end ? new Uint8Array(0) : yield* layout.readStorage(storage, start, end);
  // Not found.slice: that of a Node Buffer does not copy.
  const copy = new Uint8Array(found);
  if (layout.isBigEndian) swapBytes(copy, type.bytes);
  return { shape, data: gathered(tensor, type.decode(copy.buffer)) };
}

/** What to do about it, where the reason does not say so itself. */
function cureOf(what: string): string {
  if (/; (save|write|name) /.test(what)) return '';
  return '; copy or download it again, or check that it is one';
}
