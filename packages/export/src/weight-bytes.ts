import type { DeferredBytes } from './protobuf.js';

/** Rounds a number to IEEE 754 binary16 and gives its 16 bits: `floatToHalf` of @hifigan/checkpoint. */
export type ToHalf = (value: number) => number;

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Numbers as files hold them, little-endian.
 *
 * @returns where nothing has to be changed, a view
 * @throws RangeError where a number is too large for float16
 */
export function weightBytes(name: string, values: Float32Array, toHalf?: ToHalf): Uint8Array {
  if (!toHalf) return littleEndian(values);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    halves[i] = toHalf(values[i]);
    if ((halves[i] & 0x7c00) === 0x7c00) {
      throw new RangeError(
        `${name} holds ${values[i]}, which is too large for float16 (65504 at most); store float32`,
      );
    }
  }
  return littleEndian(halves);
}

/** Numbers, or how many there are and what makes them. */
export type Values = Float32Array | { readonly length: number; readonly make: () => Float32Array };

/** The same bytes, made when they are written. */
export function storedBytes(name: string, values: Values, toHalf?: ToHalf): DeferredBytes {
  return {
    length: values.length * (toHalf ? 2 : 4),
    make: () => weightBytes(name, 'make' in values ? values.make() : values, toHalf),
  };
}

function littleEndian(values: Float32Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (LITTLE_ENDIAN) return bytes;
  const size = values.BYTES_PER_ELEMENT;
  return bytes.map((_, i) => bytes[i - (i % size) + (size - 1 - (i % size))]);
}

/** A filter with its axes turned around: `[kernel, a, b]` to `[b, a, kernel]`, PyTorch's and ONNX's layout. */
export function turned({
  shape: [kernel, a, b],
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}): Float32Array {
  const result = new Float32Array(data.length);
  let at = 0;
  for (let k = 0; k < b; k++) {
    for (let j = 0; j < a; j++) {
      for (let i = 0; i < kernel; i++) result[at++] = data[(i * a + j) * b + k];
    }
  }
  return result;
}
