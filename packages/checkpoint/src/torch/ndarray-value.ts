import type { MemoryBudget } from '../memory-budget.js';
import { type FormatError, type NamedArray, sizeOf } from '../named-array.js';
import { decodeNpy, npyType } from '../npy-types.js';
import type { PickledNdarray } from './pickled.js';

/**
 * What a numpy array or scalar of a pickle stands for, where it is not of objects: an array, of a scalar its value.
 *
 * @throws FormatError where its bytes do not fit its shape, or its type is none that is read
 */
export function ndarrayValue(
  { shape, dtype, columnMajor, data }: PickledNdarray,
  { budget, fail }: { readonly budget: MemoryBudget; readonly fail: (what: string) => FormatError },
): NamedArray | number | bigint | boolean | string {
  if (!(data instanceof Uint8Array)) throw fail('a numpy array has no contents: it is damaged');
  const code = dtype.code.replace(/^[<>|=]/, '');
  if (/^[US]\d+$/.test(code)) {
    budget.charge(2 * data.length);
    return fixedText(data, code.startsWith('U') ? 4 : 1, dtype.order);
  }
  const type = npyType(code);
  if (!type) throw fail(`it holds a numpy array of type ${dtype.code}, which is not read`);
  if (sizeOf(shape) * type.bytes !== data.length) {
    throw fail(`a numpy array of shape [${shape}] has ${data.length} bytes: it is damaged`);
  }
  budget.charge(128 + sizeOf(shape) * type.read);
  const values = decodeNpy(`${dtype.order}${code}`, data, { shape, columnMajor });
  if (shape.length > 0) return { shape, data: values };
  if (code === 'b1') return values[0] === 1;
  const value = Number(values[0]);
  return typeof values[0] === 'bigint' && !Number.isSafeInteger(value) ? values[0] : value;
}

/** Fixed width, padded with zeros. */
function fixedText(bytes: Uint8Array, width: number, order: '<' | '>'): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = Math.floor(bytes.length / width);
  let text = '';
  // In parts: each character by itself would be a piece of a rope, sixteen times as large as it.
  for (let at = 0; at < count; at += 0x1000) {
    const points = Array.from({ length: Math.min(0x1000, count - at) }, (_, i) => {
      const point = width === 1 ? bytes[at + i] : view.getUint32(4 * (at + i), order === '<');
      return point < 0x110000 ? point : 0xfffd;
    });
    text += String.fromCodePoint(...points);
  }
  return text.replace(/\0+$/, '');
}
