/** Element types that are read, as safetensors spells them. */
export type DataType =
  | 'F64'
  | 'F32'
  | 'F16'
  | 'BF16'
  | 'I64'
  | 'I32'
  | 'I16'
  | 'I8'
  | 'U32'
  | 'U16'
  | 'U8'
  | 'BOOL';

/** Element types of the arrays that we hold, and so what can be written. */
export type ArrayType = 'F64' | 'F32' | 'I64' | 'I32' | 'U8';

/**
 * One array of a file: row-major values with their shape, what no type here holds is widened on reading (float16 and
 * bfloat16 to float32).
 */
export interface NamedArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;
}

export type NamedArrays = ReadonlyMap<string, NamedArray>;

/** A file that is not what its reader expects: damaged, foreign or cut off. Nothing of it was used. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Number of elements of a shape; a scalar (`[]`) has one. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}
