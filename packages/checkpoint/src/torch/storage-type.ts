import { ELEMENT_TYPES, type ElementType, typeOfName } from '../element-types.js';
import type { ArrayType } from '../named-array.js';

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

/** @param name `torch.FloatStorage` in full */
export function storageTypeOfClass(name: string): ElementType | undefined {
  const match = /^torch(?:\.storage|\.cuda)?\.(\w+)$/.exec(name);
  const dtype = match && Object.hasOwn(STORAGES, match[1]) ? STORAGES[match[1]] : undefined;
  return dtype === undefined ? undefined : typeOfName(dtype);
}

/** All dtypes that are read, for messages. */
export const READABLE_DTYPES = ELEMENT_TYPES.map(({ name }) => name).join(', ');

/** The class of the storage of an array of ours. */
export const STORAGE_CLASSES: Readonly<Record<ArrayType, keyof typeof STORAGES>> = {
  F64: 'DoubleStorage',
  F32: 'FloatStorage',
  I64: 'LongStorage',
  I32: 'IntStorage',
  U8: 'ByteStorage',
};
