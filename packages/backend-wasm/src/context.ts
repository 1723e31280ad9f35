import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './backend.js';
import type { Heap } from './heap.js';
import { JobWriter } from './job.js';
import type { Runtime } from './runtime.js';

/** All that a kernel of ours works with. */
export class KernelContext {
  readonly runtime: Runtime;
  readonly heap: Heap;
  /** Whether the plain sum of products was asked for. */
  readonly exact: boolean;
  private readonly backend: WasmBackend;
  /** What `orUndo` would dispose of. */
  private made: Set<TensorInfo> | undefined;

  constructor(backend: WasmBackend) {
    this.backend = backend;
    this.runtime = backend.runtime;
    this.heap = backend.runtime.heap;
    this.exact = backend.exact;
  }

  /** Where a tensor's values lie in the heap; moves them there the first time. Valid while the tensor lives. */
  pointerOf({ dataId }: TensorInfo): number {
    return this.backend.data.get(dataId).pointer;
  }

  /** A tensor whose values the kernel sets. */
  makeOutput(
    shape: readonly number[],
    dtype: DataType = 'float32',
  ): { readonly info: TensorInfo; readonly pointer: number } {
    const made = this.backend.allocate([...shape], dtype);
    this.made?.add(made.info);
    return made;
  }

  /** Another tensor with the same values. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.backend.incRef(dataId);
    const info = { dataId, shape: [...shape], dtype };
    this.made?.add(info);
    return info;
  }

  /** Takes back what `makeOutput` or `share` made. */
  dispose(info: TensorInfo): void {
    this.made?.delete(info);
    this.backend.disposeData(info.dataId);
  }

  /** Computes; where it throws, such as where memory runs out, nothing stays of it. */
  orUndo<T>(compute: () => T): T {
    const made = new Set<TensorInfo>();
    this.made = made;
    try {
      return this.heap.orUndo(compute);
    } catch (error) {
      for (const { dataId } of made) this.backend.disposeData(dataId);
      throw error;
    } finally {
      this.made = undefined;
    }
  }

  /**
   * Memory that depends on a tensor's values alone, such as packed weights: made once, freed with them.
   *
   * @param make allocates it in the heap and fills it
   */
  packed({ dataId }: TensorInfo, key: string, make: (heap: Heap) => number): number {
    return this.backend.data.get(dataId).packedAs(key, () => make(this.heap));
  }

  /** The job of the next `runtime.parallel`, its fields to be written. */
  job(): JobWriter {
    return new JobWriter(this.heap);
  }
}
