import type { NamedArray } from './named-array.js';

/** What is known of an array before it is read. */
export interface ArrayInfo {
  readonly shape: readonly number[];
  /** As it is stored: `F32` in safetensors, `float32` in PyTorch's files. */
  readonly dtype: string;
}

/** A file of which only what is asked for is read. */
export interface LazyArrays {
  /** By name, in the order of the file. */
  readonly arrays: ReadonlyMap<string, ArrayInfo>;
  /** What the file says besides, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one array; what was read is not kept.
   *
   * @throws FormatError where it is damaged, RangeError where there is none of that name
   */
  read(name: string): Promise<NamedArray>;
}

/** @throws RangeError where there is none of that name */
export function noSuchArray(where: string, name: string, names: Iterable<string>): RangeError {
  const some = [...names].slice(0, 5).join(', ');
  return new RangeError(`${where}: name=${name} must be one of its arrays, which are ${some} …`);
}
