import { bfloat16ToFloat, halfToFloat } from './half.js';
import type { ArrayType, DataType, NamedArray } from './named-array.js';

/** A type that elements have in files, and how it is read. */
export interface ElementType {
  /** As safetensors spells it. */
  readonly code: DataType;
  /** As `torch.float32` has it. */
  readonly name: string;
  /** numpy's code without its byte order; numpy has no bfloat16. */
  readonly numpy: string | undefined;
  /** Bytes of an element in the file. */
  readonly bytes: number;
  /** What it is read as: what no array of ours holds is widened to what does; nothing is rounded. */
  readonly as: ArrayType;
  /** Bytes of an element as it is read. */
  readonly read: number;
  /** `buffer` holds elements of the file alone, little-endian. */
  readonly decode: (buffer: ArrayBuffer) => NamedArray['data'];
}

/** Bytes of an element of the arrays that we hold. */
export const ARRAY_BYTES: Readonly<Record<ArrayType, number>> = {
  ...{ F64: 8, F32: 4, I64: 8, I32: 4, U8: 1 },
};

const type = (
  [code, name, numpy]: readonly [DataType, string, string | undefined],
  [bytes, as]: readonly [number, ArrayType],
  decode: ElementType['decode'],
): ElementType => ({ code, name, numpy, bytes, as, read: ARRAY_BYTES[as], decode });

/** Every type that is read, whatever the format. */
export const ELEMENT_TYPES: readonly ElementType[] = [
  type(['F64', 'float64', 'f8'], [8, 'F64'], (b) => new Float64Array(b)),
  type(['F32', 'float32', 'f4'], [4, 'F32'], (b) => new Float32Array(b)),
  type(['F16', 'float16', 'f2'], [2, 'F32'], (b) =>
    Float32Array.from(new Uint16Array(b), halfToFloat),
  ),
  type(['BF16', 'bfloat16', undefined], [2, 'F32'], (b) =>
    Float32Array.from(new Uint16Array(b), bfloat16ToFloat),
  ),
  type(['I64', 'int64', 'i8'], [8, 'I64'], (b) => new BigInt64Array(b)),
  type(['I32', 'int32', 'i4'], [4, 'I32'], (b) => new Int32Array(b)),
  type(['I16', 'int16', 'i2'], [2, 'I32'], (b) => Int32Array.from(new Int16Array(b))),
  type(['I8', 'int8', 'i1'], [1, 'I32'], (b) => Int32Array.from(new Int8Array(b))),
  type(['U8', 'uint8', 'u1'], [1, 'U8'], (b) => new Uint8Array(b)),
  type(['BOOL', 'bool', 'b1'], [1, 'U8'], (b) => new Uint8Array(b)),
  type(['U16', 'uint16', 'u2'], [2, 'I32'], (b) => Int32Array.from(new Uint16Array(b))),
  type(['U32', 'uint32', 'u4'], [4, 'I64'], (b) => BigInt64Array.from(new Uint32Array(b), BigInt)),
];

const BY_CODE: ReadonlyMap<string, ElementType> = new Map(ELEMENT_TYPES.map((t) => [t.code, t]));
const BY_NAME: ReadonlyMap<string, ElementType> = new Map(ELEMENT_TYPES.map((t) => [t.name, t]));
const BY_NUMPY: ReadonlyMap<string, ElementType> = new Map(
  ELEMENT_TYPES.flatMap((t) => (t.numpy === undefined ? [] : [[t.numpy, t]])),
);

/**
 * What to do about an array of a type that is not read, to follow a semicolon.
 *
 * @param type as the format spells it: `F8_E4M3`, `torch.complex64`, `torch.QInt8Storage`
 */
export function castAdvice(type: string): string {
  if (/complex|^C\d/i.test(type)) {
    return 'save its real and imaginary parts instead, in Python: torch.view_as_real(tensor)';
  }
  if (/qu?int/i.test(type)) return 'save it in numbers instead, in Python: tensor.dequantize()';
  if (/^(?:torch\.)?u(?:int)?\d/i.test(type)) {
    return 'save it as int64 instead, in Python: tensor.to(torch.int64)';
  }
  return 'save it as float32 instead, in Python: tensor.float()';
}

/** @param code as safetensors spells it, `F32` */
export function typeOfCode(code: string): ElementType | undefined {
  return BY_CODE.get(code);
}

/** @param name `torch.float32` without its module */
export function typeOfName(name: string): ElementType | undefined {
  return BY_NAME.get(name);
}

/** @param code as numpy spells it, without its byte order: `f4` */
export function typeOfNumpy(code: string): ElementType | undefined {
  return BY_NUMPY.get(code);
}

/** What an array of ours is stored as. */
export function arrayTypeOf(data: NamedArray['data']): ArrayType {
  if (data instanceof Float32Array) return 'F32';
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Int32Array) return 'I32';
  if (data instanceof BigInt64Array) return 'I64';
  return 'U8';
}
