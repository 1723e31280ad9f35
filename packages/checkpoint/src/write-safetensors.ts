import { ARRAY_BYTES, arrayTypeOf } from './element-types.js';
import { floatToBfloat16, floatToHalf } from './half.js';
import { joinPieces } from './join-pieces.js';
import { readArray, type StoredArray } from './lazy-arrays.js';
import { type DataType, type NamedArray, type NamedArrays, sizeOf } from './named-array.js';

/** How {@link writeSafetensors} stores. */
export interface WriteSafetensorsOptions {
  /** Stores float32 arrays as float16: half the size, 11 bits of precision. */
  readonly float16?: boolean;
  /** Stores float32 arrays as bfloat16: half the size, 8 bits of precision, float32's range. */
  readonly bfloat16?: boolean;
}

type Metadata = Readonly<Record<string, string>>;

/**
 * Writes a safetensors file; arrays keep their order, data starts 8-byte aligned.
 *
 * @param arrays float32, float64, int32, int64 or byte arrays by name
 * @throws RangeError where a shape does not fit its data, or a value is too large for float16
 */
export function writeSafetensors(
  arrays: NamedArrays,
  metadata: Metadata = {},
  options: WriteSafetensorsOptions = {},
): Uint8Array {
  const pieces = [headerOf(arrays, metadata, options)];
  for (const [name, array] of arrays) pieces.push(bytesOf(name, array, options));
  return joinPieces(pieces);
}

/**
 * The same file in pieces, an array after the other, each read when it is its turn: for files larger than memory is
 * free.
 *
 * @throws as {@link writeSafetensors}, and what reading throws
 */
export async function* safetensorsPieces(
  arrays: ReadonlyMap<string, StoredArray>,
  metadata: Metadata = {},
  options: WriteSafetensorsOptions = {},
): AsyncGenerator<Uint8Array> {
  yield headerOf(arrays, metadata, options);
  for (const [name, array] of arrays) yield bytesOf(name, await readArray(array), options);
}

/** All before the values; where those lie follows from shapes and types alone. */
function headerOf(
  arrays: ReadonlyMap<string, StoredArray>,
  metadata: Metadata,
  options: WriteSafetensorsOptions,
): Uint8Array {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, array] of arrays) {
    const { dtype, bytes } = storedAs(array, options);
    const end = offset + sizeOf(array.shape) * bytes;
    header[name] = { dtype, shape: array.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  return bytes;
}

function storedAs(
  array: StoredArray,
  { float16 = false, bfloat16 = false }: WriteSafetensorsOptions,
): { readonly dtype: DataType; readonly bytes: number } {
  const as = 'data' in array ? arrayTypeOf(array.data) : array.as;
  if (as === 'F32' && float16) return { dtype: 'F16', bytes: 2 };
  if (as === 'F32' && bfloat16) return { dtype: 'BF16', bytes: 2 };
  return { dtype: as, bytes: ARRAY_BYTES[as] };
}

function bytesOf(
  name: string,
  { shape, data }: NamedArray,
  options: WriteSafetensorsOptions,
): Uint8Array {
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `writeSafetensors: ${name} has shape [${shape}] but ${data.length} values; the two must agree`,
    );
  }
  const stored = halved(name, data, options);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

function halved(
  name: string,
  data: NamedArray['data'],
  { float16, bfloat16 }: WriteSafetensorsOptions,
): NamedArray['data'] | Uint16Array {
  if (!(data instanceof Float32Array)) return data;
  if (!float16) return bfloat16 ? Uint16Array.from(data, floatToBfloat16) : data;
  return Uint16Array.from(data, (value) => {
    const half = floatToHalf(value);
    if ((half & 0x7fff) === 0x7c00 && Number.isFinite(value)) {
      throw new RangeError(
        `writeSafetensors: ${name} holds ${value}, which is too large for float16 (65504 at most); store float32`,
      );
    }
    return half;
  });
}
