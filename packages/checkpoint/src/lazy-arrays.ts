import type { ArrayType, NamedArray } from './named-array.js';

/** What is known of an array before it is read. */
export interface ArrayInfo {
  readonly shape: readonly number[];
  /** As it is stored: `F32` in safetensors, `float32` in PyTorch's files. */
  readonly dtype: string;
}

/** An array of a file that is read when it is asked for; what was read is not kept. */
export interface DeferredArray extends ArrayInfo {
  /** What it is read as, and so what a copy of it is stored as. */
  readonly as: ArrayType;
  /** @throws FormatError where it is damaged */
  read(): Promise<NamedArray>;
}

/** An array that is here already, or one that can be read. */
export type StoredArray = NamedArray | DeferredArray;

/** The array itself. */
export async function readArray(array: StoredArray): Promise<NamedArray> {
  return 'data' in array ? array : array.read();
}

/** A file of which only what is asked for is read. */
export interface LazyArrays {
  /** By name, in the order of the file. */
  readonly arrays: ReadonlyMap<string, DeferredArray>;
  /** What the file says besides, as text. */
  readonly metadata: Readonly<Record<string, string>>;
  /**
   * Reads one array; what was read is not kept.
   *
   * @throws FormatError where it is damaged, RangeError where there is none of that name
   */
  read(name: string): Promise<NamedArray>;
}

/** A file by its arrays. @param where what to call it in errors */
export function lazyArrays(
  where: string,
  arrays: LazyArrays['arrays'],
  metadata: LazyArrays['metadata'],
): LazyArrays {
  return {
    arrays,
    metadata,
    async read(name) {
      const array = arrays.get(name);
      if (array) return array.read();
      const some = [...arrays.keys()].slice(0, 5).join(', ');
      throw new RangeError(`${where}: name=${name} must be one of its arrays, which are ${some} …`);
    },
  };
}
