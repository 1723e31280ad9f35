import { arrayTypeOf } from '../element-types.js';
import type { StoredArray } from '../lazy-arrays.js';
import { type NamedArray, sizeOf } from '../named-array.js';
import { PickleWriter } from './pickle-writer.js';
import { STORAGE_CLASSES } from './storage-type.js';
import { isArray, OrderedDict, type TorchTree } from './torch-value.js';

/** A tree without what its arrays hold. */
export interface TreePickle<Stored extends StoredArray> {
  readonly pickle: Uint8Array;
  /** Each array that is to be stored, and under which key. */
  readonly storages: readonly (readonly [Stored, string])[];
}

/**
 * Pickles a tree as `torch.save` does: tensors refer to storages by keys.
 *
 * @param idTail what follows the number of elements in the id of a storage: in the legacy layout `null`, for the whole
 * @throws RangeError where a shape does not fit its data
 */
export function pickleTree<Stored extends StoredArray>(
  tree: TorchTree<Stored>,
  idTail: readonly null[],
): TreePickle<Stored> {
  const storages = new Storages<Stored>(idTail);
  const writer = new PickleWriter();
  write(tree, writer, storages);
  return { pickle: writer.finish(), storages: storages.all };
}

/** What a storage holds, as it is written. @throws RangeError where a shape does not fit its data */
export function storedBytes({ shape, data }: NamedArray): Uint8Array {
  if (sizeOf(shape) !== data.length) throw misfit(shape, data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function misfit(shape: readonly number[], { length }: NamedArray['data']): RangeError {
  return new RangeError(
    `writeTorch: shape [${shape}] does not fit ${length} values; the two must agree`,
  );
}

/** Keys of what is stored; of arrays that share their values, there is one. */
class Storages<Stored extends StoredArray> {
  private readonly keys = new Map<object, string>();
  readonly all: (readonly [Stored, string])[] = [];

  constructor(readonly idTail: readonly null[]) {}

  keyOf(array: Stored): string {
    const identity = 'data' in array ? array.data : array;
    const known = this.keys.get(identity);
    if (known !== undefined) return known;
    const key = String(this.keys.size);
    this.keys.set(identity, key);
    this.all.push([array, key]);
    return key;
  }
}

function write<Stored extends StoredArray>(
  value: TorchTree<Stored>,
  writer: PickleWriter,
  storages: Storages<Stored>,
): void {
  if (typeof value !== 'object' || value === null) {
    writer.scalar(value);
  } else if (isArray(value)) {
    writeTensor(value, writer, storages);
  } else if (Array.isArray(value)) {
    const isTuple = Object.isFrozen(value);
    if (!isTuple) writer.list();
    writer.mark();
    for (const item of value) write(item, writer, storages);
    if (isTuple) writer.tuple();
    else writer.appends();
  } else {
    if (value instanceof OrderedDict) emptyOrderedDict(writer);
    else writer.dict();
    writer.mark();
    for (const [key, item] of value as ReadonlyMap<string | number, TorchTree<Stored>>) {
      writer.scalar(key);
      write(item, writer, storages);
    }
    writer.setItems();
  }
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` */
function writeTensor<Stored extends StoredArray>(
  array: Stored,
  writer: PickleWriter,
  storages: Storages<Stored>,
): void {
  const { shape } = array;
  if ('data' in array && sizeOf(shape) !== array.data.length) throw misfit(shape, array.data);
  const key = storages.keyOf(array);
  writer.global('torch._utils', '_rebuild_tensor_v2');
  writer.mark();
  writer.mark();
  writer.scalar('storage');
  const as = 'data' in array ? arrayTypeOf(array.data) : array.as;
  writer.global('torch', STORAGE_CLASSES[as]);
  writer.scalar(key);
  writer.scalar('cpu');
  writer.scalar(sizeOf(shape));
  for (const item of storages.idTail) writer.scalar(item);
  writer.tuple();
  writer.persistentId();
  writer.scalar(0);
  numbers(shape, writer);
  numbers(
    shape.map((_, axis) => sizeOf(shape.slice(axis + 1))),
    writer,
  );
  writer.scalar(false);
  emptyOrderedDict(writer);
  writer.tuple();
  writer.reduce();
}

function numbers(values: readonly number[], writer: PickleWriter): void {
  writer.mark();
  for (const value of values) writer.scalar(value);
  writer.tuple();
}

function emptyOrderedDict(writer: PickleWriter): void {
  writer.global('collections', 'OrderedDict');
  writer.mark();
  writer.tuple();
  writer.reduce();
}
