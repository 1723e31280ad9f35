import type { backend_util, DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** Values that lie in the heap; all others stay JavaScript's. */
type NumericArray = Float32Array | Int32Array | Uint8Array;

/** The values of one or more tensors: a JavaScript array, or memory of the heap once a kernel of ours asks for it. */
export class StoredData {
  readonly dtype: DataType;
  /** tfjs's count of tensors that share the values. */
  refCount: number;
  /** Where `dtype` is complex64; the names are those of tfjs's own backend, whose kernels read them. */
  complexTensorInfos: { readonly real: TensorInfo; readonly imag: TensorInfo } | undefined;
  private readonly heap: Heap;
  private array: backend_util.BackendValues | undefined;
  private address = 0;
  private length = 0;
  private packed: Map<string, number> | undefined;

  constructor(
    heap: Heap,
    dtype: DataType,
    values: backend_util.BackendValues | undefined,
    refCount = 1,
  ) {
    this.heap = heap;
    this.dtype = dtype;
    this.refCount = refCount;
    this.array = values;
  }

  /** Memory of the heap for so many values, which are not set yet. */
  static allocate(heap: Heap, dtype: DataType, length: number): StoredData {
    const data = new StoredData(heap, dtype, undefined);
    data.address = heap.allocate(Math.max(length, 1) * bytesOf(dtype));
    heap.keep(data.address);
    data.length = length;
    return data;
  }

  /** Where the values lie in the heap; moves them there at the first call. */
  get pointer(): number {
    if (this.address === 0) this.upload();
    return this.address;
  }

  /** The values: a view of the heap (until the next allocation), or the array. Nobody may write to them. */
  get values(): backend_util.BackendValues {
    if (this.address === 0) return this.array as backend_util.BackendValues;
    const { heap, address, length } = this;
    if (this.dtype === 'float32') return heap.float32(address, length);
    return this.dtype === 'bool' ? heap.uint8(address, length) : heap.int32(address, length);
  }

  /** Memory derived from the values, made at the first call for a key and freed with them. */
  packedAs(key: string, make: () => number): number {
    const known = this.packed?.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.heap.keep(made);
    this.packed ??= new Map();
    this.packed.set(key, made);
    return made;
  }

  /** Gives its memory back. */
  free(): void {
    if (this.address !== 0) this.heap.free(this.address);
    for (const pointer of this.packed?.values() ?? []) this.heap.free(pointer);
    this.address = 0;
    this.array = undefined;
    this.packed = undefined;
  }

  private upload(): void {
    const { heap, dtype } = this;
    if (!this.array || dtype === 'string' || dtype === 'complex64') {
      throw new Error(
        `hifigan-wasm: dtype=${dtype} must be float32, int32 or bool, because others have no place in the heap`,
      );
    }
    const values = this.array as NumericArray;
    this.length = values.length;
    this.address = heap.allocate(Math.max(values.length, 1) * bytesOf(dtype));
    heap.keep(this.address);
    (this.values as NumericArray).set(values);
    this.array = undefined;
  }
}

function bytesOf(dtype: DataType): number {
  return dtype === 'bool' ? 1 : 4;
}
