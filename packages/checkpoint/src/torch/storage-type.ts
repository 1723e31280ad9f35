import { bfloat16ToFloat, halfToFloat } from '../half.js';
import type { NamedArray } from '../named-array.js';

type Data = NamedArray['data'];

/** An element type of PyTorch's. */
export interface StorageType {
  /** As `torch.float32` has it. */
  readonly name: string;
  /** Bytes of an element in the file. */
  readonly bytes: number;
  /** Bytes of an element as it is read. */
  readonly read: number;
  /** `buffer` holds elements of the file alone, little-endian. */
  readonly decode: (buffer: ArrayBuffer) => Data;
}

const type = (
  name: string,
  bytes: number,
  read: number,
  decode: StorageType['decode'],
): StorageType => ({ name, bytes, read, decode });

/** What no array of ours holds is widened to what does; nothing is rounded. */
const TYPES: readonly StorageType[] = [
  type('float64', 8, 8, (b) => new Float64Array(b)),
  type('float32', 4, 4, (b) => new Float32Array(b)),
  type('float16', 2, 4, (b) => Float32Array.from(new Uint16Array(b), halfToFloat)),
  type('bfloat16', 2, 4, (b) => Float32Array.from(new Uint16Array(b), bfloat16ToFloat)),
  type('int64', 8, 8, (b) => new BigInt64Array(b)),
  type('int32', 4, 4, (b) => new Int32Array(b)),
  type('int16', 2, 4, (b) => Int32Array.from(new Int16Array(b))),
  type('int8', 1, 4, (b) => Int32Array.from(new Int8Array(b))),
  type('uint8', 1, 1, (b) => new Uint8Array(b)),
  type('bool', 1, 1, (b) => new Uint8Array(b)),
  type('uint16', 2, 4, (b) => Int32Array.from(new Uint16Array(b))),
  type('uint32', 4, 8, (b) => BigInt64Array.from(new Uint32Array(b), BigInt)),
];

const BY_NAME = new Map(TYPES.map((type) => [type.name, type]));

/** What classes of storages are called, in `torch` and `torch.storage`. */
const STORAGES: Readonly<Record<string, string>> = {
  DoubleStorage: 'float64',
  FloatStorage: 'float32',
  HalfStorage: 'float16',
  BFloat16Storage: 'bfloat16',
  LongStorage: 'int64',
  IntStorage: 'int32',
  ShortStorage: 'int16',
  CharStorage: 'int8',
  ByteStorage: 'uint8',
  BoolStorage: 'bool',
  UntypedStorage: 'uint8',
  // Its name in PyTorch 1.12 and 1.13.
  _UntypedStorage: 'uint8',
};

/** @param name `torch.float32` without its module */
export function storageTypeOfDtype(name: string): StorageType | undefined {
  return BY_NAME.get(name);
}

/** @param name `torch.FloatStorage` in full */
export function storageTypeOfClass(name: string): StorageType | undefined {
  const match = /^torch(?:\.storage|\.cuda)?\.(\w+)$/.exec(name);
  const dtype = match && Object.hasOwn(STORAGES, match[1]) ? STORAGES[match[1]] : undefined;
  return dtype === undefined ? undefined : BY_NAME.get(dtype);
}

/** All dtypes that are read, for messages. */
export const READABLE_DTYPES = TYPES.map(({ name }) => name).join(', ');
