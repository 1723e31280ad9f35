import { bfloat16ToFloat, halfToFloat } from './half.js';
import type { DataType, NamedArray } from './named-array.js';

interface SafetensorsType {
  /** Bytes of an element in the file. */
  readonly bytes: number;
  /** `buffer` holds elements of the file alone. */
  readonly decode: (buffer: ArrayBuffer) => NamedArray['data'];
}

/** What no array of ours holds is widened to what does; nothing is rounded. */
export const SAFETENSORS_TYPES: Readonly<Record<DataType, SafetensorsType>> = {
  F64: { bytes: 8, decode: (b) => new Float64Array(b) },
  F32: { bytes: 4, decode: (b) => new Float32Array(b) },
  F16: { bytes: 2, decode: (b) => Float32Array.from(new Uint16Array(b), halfToFloat) },
  BF16: { bytes: 2, decode: (b) => Float32Array.from(new Uint16Array(b), bfloat16ToFloat) },
  I64: { bytes: 8, decode: (b) => new BigInt64Array(b) },
  I32: { bytes: 4, decode: (b) => new Int32Array(b) },
  I16: { bytes: 2, decode: (b) => Int32Array.from(new Int16Array(b)) },
  I8: { bytes: 1, decode: (b) => Int32Array.from(new Int8Array(b)) },
  U32: { bytes: 4, decode: (b) => BigInt64Array.from(new Uint32Array(b), BigInt) },
  U16: { bytes: 2, decode: (b) => Int32Array.from(new Uint16Array(b)) },
  U8: { bytes: 1, decode: (b) => new Uint8Array(b) },
  BOOL: { bytes: 1, decode: (b) => new Uint8Array(b) },
};
