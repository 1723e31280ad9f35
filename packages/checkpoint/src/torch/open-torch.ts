import type { ByteSource } from '../byte-source.js';
import { arrayTypeOf, typeOfCode } from '../element-types.js';
import {
  type DeferredArray,
  type LazyArrays,
  lazyArrays,
  type StoredArray,
} from '../lazy-arrays.js';
import type { MemoryBudget } from '../memory-budget.js';
import { FormatError, type NamedArray, sizeOf } from '../named-array.js';
import { readFromSource } from '../reading.js';
import { shownName } from '../shown-name.js';
import type { PickledTensor } from './pickled.js';
import { textOf } from './text-of.js';
import { type ReadTorchOptions, readTorchFile } from './torch-file.js';
import { isArray, type TorchTree } from './torch-value.js';

/** Bytes that the tables of what is in a file take for each thing, besides its name. */
const ENTRY = 256;
/** And what a tensor takes that is read later. */
const LEAF = 512;

/**
 * Opens what `torch.save` wrote: of a zip file its directory and its pickle are read, of the legacy layout what stands
 * before its storages; then one array at a time. Names are the keys on the way to an array, joined by dots
 * (`generator.conv_pre.bias`, `optim_g.state.0.exp_avg`); `metadata` has what is no array under such names.
 *
 * A stored tensor that is not all of its storage is read without its checksum, which is of the whole.
 *
 * @param where what to call it in errors (a path or URL)
 * @throws FormatError as {@link readTorch}
 */
export async function openTorch(
  source: ByteSource,
  where = 'torch',
  options: ReadTorchOptions = {},
): Promise<LazyArrays> {
  const fail = (what: string) => new FormatError(`${where}: not a readable PyTorch file: ${what}.`);
  const { tree, budget } = await openLeaves(source, where, options);
  const arrays = new Map<string, DeferredArray>();
  const metadata = new Map<string, string>();
  const walk = (value: TorchTree<DeferredArray>, name: string): void => {
    // A long key stands before the name of each thing under it.
    budget.charge(2 * name.length);
    if (value instanceof Map || Array.isArray(value)) {
      const prefix = name === '' ? '' : `${name}.`;
      for (const [key, item] of value.entries()) walk(item, `${prefix}${key}`);
      return;
    }
    if (arrays.has(name) || metadata.has(name)) {
      throw fail(`it has two things that are named ${shownName(name)}`);
    }
    budget.charge(ENTRY);
    if (isArray(value)) arrays.set(name, value);
    else metadata.set(name, textOf(value, budget));
  };
  walk(
    tree((leaf) => leaf),
    '',
  );
  return lazyArrays(where, arrays, Object.fromEntries(metadata));
}

/**
 * Opens the same file as the tree that {@link readTorch} gives, of arrays that are read when they are asked for; those
 * of a single value, as an optimizer's steps are, are read at once.
 *
 * @throws FormatError as {@link readTorch}
 */
export async function openTorchTree(
  source: ByteSource,
  where = 'torch',
  options: ReadTorchOptions = {},
): Promise<TorchTree<StoredArray>> {
  const { tree } = await openLeaves(source, where, options);
  const single: DeferredArray[] = [];
  tree((leaf) => {
    if (sizeOf(leaf.shape) === 1) single.push(leaf);
    return leaf;
  });
  const values = new Map<DeferredArray, NamedArray>();
  for (const leaf of single) values.set(leaf, await leaf.read());
  return tree<StoredArray>((leaf) => values.get(leaf) ?? leaf);
}

interface OpenedLeaves {
  /** What is left for whoever makes something of them. */
  readonly budget: MemoryBudget;
  readonly tree: <Leaf>(of: (leaf: DeferredArray) => Leaf) => TorchTree<Leaf>;
}

async function openLeaves(
  source: ByteSource,
  where: string,
  options: ReadTorchOptions,
): Promise<OpenedLeaves> {
  const run = readTorchFile(source.size, where, { ...options, inParts: true });
  const { tree, readTensor, budget } = await readFromSource(run, source, where);
  /** By what they are views of, so that tensors which share their values stay one. */
  const known = new Map<string, DeferredArray>();
  const once = (tensor: PickledTensor) => {
    const { storage, offset, shape, strides, type } = tensor;
    const key = [storage.key, storage.start, type.name, offset, shape, strides].join(';');
    const found = known.get(key);
    if (found) return found;
    budget.charge(LEAF);
    const leaf = ofTensor(tensor);
    known.set(key, leaf);
    return leaf;
  };
  const ofTensor = (tensor: PickledTensor): DeferredArray => ({
    ...{ shape: tensor.shape, dtype: tensor.type.name, as: tensor.type.as },
    read: () => readFromSource(readTensor(tensor), source, where),
  });
  return {
    budget,
    tree: (of) =>
      tree({
        tensor: (tensor) => of(once(tensor)),
        array: (array) => of(ofArray(array)),
      }),
  };
}

/** Of what stands in the pickle itself. */
function ofArray(array: NamedArray): DeferredArray {
  const as = arrayTypeOf(array.data);
  const { name } = typeOfCode(as)!;
  return { shape: array.shape, dtype: name, as, read: async () => array };
}
