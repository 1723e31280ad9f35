import { arrayTypeOf } from '../element-types.js';
import { joinPieces } from '../join-pieces.js';
import { readArray, type StoredArray } from '../lazy-arrays.js';
import { type NamedArray, sizeOf } from '../named-array.js';
import { type ZipEntry, ZipWriter } from '../zip/write-zip.js';
import { PickleWriter } from './pickle-writer.js';
import { STORAGE_CLASSES } from './storage-type.js';
import { isArray, OrderedDict, type TorchTree, type TorchValue } from './torch-value.js';

/** What PyTorch's own files are aligned to. */
const ALIGNMENT = 64;

/**
 * Writes what `torch.load` reads, with `weights_only` or without, of PyTorch 1.6 and later: a Map becomes a dict, an
 * {@link OrderedDict} an OrderedDict, an array a list and a frozen one a tuple, a NamedArray a contiguous tensor. A
 * number without a fraction becomes an int. An array that is met twice is stored once.
 *
 * @throws RangeError where a shape does not fit its data
 */
export function writeTorch(value: TorchValue): Uint8Array {
  return joinPieces(torchPieces(value));
}

/** The same file in pieces, of which those of arrays are views of their data: for a file larger than memory is free. */
export function* torchPieces(value: TorchValue): Generator<Uint8Array> {
  const { before, storages, after } = plan(value);
  const writer = new ZipWriter({ align: ALIGNMENT });
  for (const entry of before) yield* writer.add(entry);
  for (const [array, key] of storages) yield* writer.add(storage(key, array));
  for (const entry of after) yield* writer.add(entry);
  yield* writer.finish();
}

/**
 * The same file of arrays that are read when it is their turn: the largest of them is all that is held at a time.
 *
 * @throws RangeError as {@link writeTorch}, and what reading throws
 */
export async function* torchPiecesOf(tree: TorchTree<StoredArray>): AsyncGenerator<Uint8Array> {
  const { before, storages, after } = plan(tree);
  const writer = new ZipWriter({ align: ALIGNMENT });
  for (const entry of before) yield* writer.add(entry);
  for (const [array, key] of storages) yield* writer.add(storage(key, await readArray(array)));
  for (const entry of after) yield* writer.add(entry);
  yield* writer.finish();
}

/** What is written before and after the arrays, and under which keys they are stored. */
function plan<Stored extends StoredArray>(
  tree: TorchTree<Stored>,
): {
  readonly before: readonly ZipEntry[];
  readonly storages: readonly (readonly [Stored, string])[];
  readonly after: readonly ZipEntry[];
} {
  const storages = new Storages<Stored>();
  const writer = new PickleWriter();
  write(tree, writer, storages);
  const text = (name: string, contents: string): ZipEntry => ({
    name: `archive/${name}`,
    bytes: new TextEncoder().encode(contents),
  });
  return {
    before: [{ name: 'archive/data.pkl', bytes: writer.finish() }, text('byteorder', 'little')],
    storages: storages.all,
    after: [text('version', '3\n')],
  };
}

function storage(key: string, { shape, data }: NamedArray): ZipEntry {
  if (sizeOf(shape) !== data.length) throw misfit(shape, data);
  const { buffer, byteOffset, byteLength } = data;
  return { name: `archive/data/${key}`, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
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
