import type { NamedArray } from '../named-array.js';

/** Puts one array after the other into a file; what it is given is not kept. */
export interface TorchLayoutWriter {
  /** What stands before the arrays. */
  begin(pickle: Uint8Array, keys: readonly string[]): Iterable<Uint8Array>;
  /** The next array, in the order of the keys. @throws RangeError where its shape does not fit its data */
  storage(key: string, array: NamedArray): Iterable<Uint8Array>;
  /** What stands after them. */
  end(): Iterable<Uint8Array>;
}
