import { arrayTypeOf, type ElementType, typeOfCode, typeOfNumpy } from './element-types.js';
import type { NamedArray } from './named-array.js';
import { swapBytes } from './swap-bytes.js';

type Data = NamedArray['data'];

const READABLE = 'float16, float32, float64, bool, int8 to int64 and uint8 to uint32 can be read';

/**
 * What can be read in place of a type that cannot, and how numbers of it are saved as that, without a full stop.
 *
 * @param code as numpy spells it; of type `|V2` are numbers of other libraries, such as bfloat16
 */
export function unreadableNpyWords(code: string): string {
  const cast = hasNpyNumbers(code) ? `; ${castAdvice(code)}` : '';
  return `${READABLE}${cast}`;
}

/**
 * Whether arrays of a type are of numbers, those too that cannot be read, such as bfloat16 and float8 of other libraries
 * (`|V2`, `|V1`); none are objects, text, bytes, dates and durations.
 */
export function hasNpyNumbers(code: string): boolean {
  return !/^[<>|=]?(?:[OUSMm]|V(?![12]$))/.test(code);
}

function castAdvice(code: string): string {
  if (/^[<>|=]?c/.test(code)) {
    return 'save its real and imaginary parts instead, in Python: array.real, array.imag';
  }
  const type = /^[<>|=]?u/.test(code) ? 'int64' : 'float32';
  return `save it as ${type} instead, in Python: array.astype(numpy.${type})`;
}

/** @param code as numpy spells it, with its order or without: `<f4`, `|u1` */
export function npyType(code: string): ElementType | undefined {
  return typeOfNumpy(code.replace(/^[<>|=]/, ''));
}

/** Row-major values of an array; `bytes`, which are copied, hold its elements and nothing else. */
export function decodeNpy(
  code: string,
  bytes: Uint8Array,
  { shape, columnMajor }: { readonly shape: readonly number[]; readonly columnMajor: boolean },
): Data {
  const type = npyType(code)!;
  // Not bytes.slice: that of a Node Buffer does not copy.
  const copy = new Uint8Array(bytes);
  if (code.startsWith('>')) swapBytes(copy, type.bytes);
  const values = type.decode(copy.buffer);
  return columnMajor && shape.length > 1 ? toRowMajor(values, shape) : values;
}

/** The code of what we write. */
export function npyCodeOf(data: Data): string {
  const { bytes, numpy } = typeOfCode(arrayTypeOf(data))!;
  return `${bytes === 1 ? '|' : '<'}${numpy}`;
}

function toRowMajor(data: Data, shape: readonly number[]): Data {
  const result = data.slice();
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < data.length; i++) {
    let offset = 0;
    for (const [axis, n] of shape.entries()) offset = offset * n + index[axis];
    result[offset] = data[i];
    // The first axis turns fastest in column-major order.
    for (let axis = 0; axis < shape.length && ++index[axis] === shape[axis]; axis++)
      index[axis] = 0;
  }
  return result;
}
