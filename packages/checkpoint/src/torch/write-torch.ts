import { joinPieces } from '../join-pieces.js';
import { readArray, type StoredArray } from '../lazy-arrays.js';
import { LegacyWriter } from './legacy-writer.js';
import type { TorchLayoutWriter } from './torch-layout-writer.js';
import type { TorchTree, TorchValue } from './torch-value.js';
import { pickleTree } from './tree-pickle.js';
import { ZipLayoutWriter } from './zip-layout-writer.js';

/**
 * How a PyTorch file is laid out. `zip`: PyTorch 1.5 and later, and programs that map a file into memory or do without
 * Python (`torch.load(mmap=True)`, libtorch). `legacy`: every PyTorch since 1.0, today's too, with `weights_only` or
 * without; what 1.4 and earlier load, which the reference pins.
 */
export type TorchFileLayout = 'zip' | 'legacy';

export interface WriteTorchOptions {
  /** `zip` where left out. */
  readonly layout?: TorchFileLayout;
}

/**
 * Writes what `torch.load` reads, with `weights_only` or without: a Map becomes a dict, an {@link OrderedDict} an
 * OrderedDict, an array a list and a frozen one a tuple, a NamedArray a contiguous tensor. A number without a fraction
 * becomes an int. An array that is met twice is stored once.
 *
 * @throws RangeError where a shape does not fit its data
 */
export function writeTorch(value: TorchValue, options?: WriteTorchOptions): Uint8Array {
  return joinPieces(torchPieces(value, options));
}

/** The same file in pieces, of which those of arrays are views of their data: for a file larger than memory is free. */
export function* torchPieces(
  value: TorchValue,
  options?: WriteTorchOptions,
): Generator<Uint8Array> {
  const { writer, pickle, storages } = plan(value, options);
  yield* writer.begin(pickle, keysOf(storages));
  for (const [array, key] of storages) yield* writer.storage(key, array);
  yield* writer.end();
}

/**
 * The same file of arrays that are read when it is their turn: the largest of them is all that is held at a time.
 *
 * @throws RangeError as {@link writeTorch}, and what reading throws
 */
export async function* torchPiecesOf(
  tree: TorchTree<StoredArray>,
  options?: WriteTorchOptions,
): AsyncGenerator<Uint8Array> {
  const { writer, pickle, storages } = plan(tree, options);
  yield* writer.begin(pickle, keysOf(storages));
  for (const [array, key] of storages) yield* writer.storage(key, await readArray(array));
  yield* writer.end();
}

function plan<Stored extends StoredArray>(
  tree: TorchTree<Stored>,
  { layout = 'zip' }: WriteTorchOptions = {},
) {
  const writer: TorchLayoutWriter = layout === 'zip' ? new ZipLayoutWriter() : new LegacyWriter();
  return { writer, ...pickleTree(tree, layout === 'zip' ? [] : [null]) };
}

function keysOf(storages: readonly (readonly [unknown, string])[]): readonly string[] {
  return storages.map(([, key]) => key);
}
