import { type NamedArray, sizeOf } from '../named-array.js';
import { joinPieces, type ZipEntry, zipPieces } from '../zip/write-zip.js';
import { PickleWriter } from './pickle-writer.js';
import { isNamedArray, OrderedDict, type TorchValue } from './torch-value.js';

/** What PyTorch's own files are aligned to. */
const ALIGNMENT = 64;

/**
 * Writes what `torch.load` reads, with `weights_only` or without, of PyTorch 1.6 and later: a Map becomes a dict, an
 * {@link OrderedDict} an OrderedDict, an array a list and a frozen one a tuple, a NamedArray a contiguous tensor. A number
 * without a fraction becomes an int. An array that is met twice is stored once.
 *
 * @throws RangeError where a shape does not fit its data, or the file would be larger than 4 GiB
 */
export function writeTorch(value: TorchValue): Uint8Array {
  return joinPieces(torchPieces(value));
}

/** The same file in pieces, of which those of arrays are views of their data: for a file larger than memory is free. */
export function* torchPieces(value: TorchValue): Generator<Uint8Array> {
  const storages = new Map<NamedArray['data'], string>();
  const writer = new PickleWriter();
  write(value, writer, storages);
  const text = (name: string, contents: string): ZipEntry => ({
    name: `archive/${name}`,
    bytes: new TextEncoder().encode(contents),
  });
  const entries: ZipEntry[] = [
    { name: 'archive/data.pkl', bytes: writer.finish() },
    text('byteorder', 'little'),
    ...[...storages].map(([{ buffer, byteOffset, byteLength }, key]) => ({
      name: `archive/data/${key}`,
      bytes: new Uint8Array(buffer, byteOffset, byteLength),
    })),
    text('version', '3\n'),
  ];
  yield* zipPieces(entries, { align: ALIGNMENT });
}

function write(
  value: TorchValue,
  writer: PickleWriter,
  storages: Map<NamedArray['data'], string>,
): void {
  if (typeof value !== 'object' || value === null) {
    writer.scalar(value);
  } else if (isNamedArray(value)) {
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
    for (const [key, item] of value as ReadonlyMap<string | number, TorchValue>) {
      writer.scalar(key);
      write(item, writer, storages);
    }
    writer.setItems();
  }
}

/** `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)` */
function writeTensor(
  { shape, data }: NamedArray,
  writer: PickleWriter,
  storages: Map<NamedArray['data'], string>,
): void {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `writeTorch: shape [${shape}] does not fit ${data.length} values; the two must agree`,
    );
  }
  const key = storages.get(data) ?? String(storages.size);
  storages.set(data, key);
  writer.global('torch._utils', '_rebuild_tensor_v2');
  writer.mark();
  writer.mark();
  writer.scalar('storage');
  writer.global('torch', storageOf(data));
  writer.scalar(key);
  writer.scalar('cpu');
  writer.scalar(data.length);
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

function storageOf(data: NamedArray['data']): string {
  if (data instanceof Float32Array) return 'FloatStorage';
  if (data instanceof Float64Array) return 'DoubleStorage';
  if (data instanceof Int32Array) return 'IntStorage';
  if (data instanceof BigInt64Array) return 'LongStorage';
  return 'ByteStorage';
}
