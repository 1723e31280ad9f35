import type { ByteSource } from '../byte-source.js';
import { type ArrayInfo, type LazyArrays, noSuchArray } from '../lazy-arrays.js';
import { FormatError, type NamedArray } from '../named-array.js';
import { readFromSource } from '../reading.js';
import { PickledTensor } from './pickled.js';
import { textOf } from './text-of.js';
import { type ReadTorchOptions, readTorchFile } from './torch-file.js';
import type { TorchTree } from './torch-value.js';

type Leaf = PickledTensor | NamedArray;

/** Bytes that the tables of what is in a file take for each thing, besides its name. */
const ENTRY = 256;

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
  const run = readTorchFile(source.size, where, { ...options, inParts: true });
  const { tree, readTensor, budget } = await readFromSource(run, source);
  const leaves = new Map<string, Leaf>();
  const metadata = new Map<string, string>();
  const fail = (what: string) => new FormatError(`${where}: not a readable PyTorch file: ${what}.`);
  const walk = (value: TorchTree<Leaf>, name: string): void => {
    // A long key stands before the name of each thing under it.
    budget.charge(2 * name.length);
    if (value instanceof Map || Array.isArray(value)) {
      const prefix = name === '' ? '' : `${name}.`;
      for (const [key, item] of value.entries()) walk(item, `${prefix}${key}`);
      return;
    }
    if (leaves.has(name) || metadata.has(name)) {
      throw fail(`it has two things that are named ${name.slice(0, 200)}`);
    }
    budget.charge(ENTRY);
    if (typeof value === 'object' && value !== null) leaves.set(name, value);
    else metadata.set(name, textOf(value, budget));
  };
  walk(tree<Leaf>({ tensor: (tensor) => tensor, array: (array) => array }), '');
  const arrays = new Map<string, ArrayInfo>();
  for (const [name, leaf] of leaves) arrays.set(name, infoOf(leaf));
  return {
    arrays,
    metadata: Object.fromEntries(metadata),
    async read(name) {
      const leaf = leaves.get(name);
      if (!leaf) throw noSuchArray(where, name, leaves.keys());
      return leaf instanceof PickledTensor ? readFromSource(readTensor(leaf), source) : leaf;
    },
  };
}

function infoOf(leaf: Leaf): ArrayInfo {
  if (leaf instanceof PickledTensor) return { shape: leaf.shape, dtype: leaf.type.name };
  const dtype = leaf.data.constructor.name.replace(/Array$|^Big/g, '').toLowerCase();
  return { shape: leaf.shape, dtype };
}
