import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './backend.js';
import type { Heap } from './heap.js';
import { JobWriter } from './job.js';
import type { Runtime } from './runtime.js';
import type { ChooseWay } from './scheme-table.js';

/** All that a kernel of ours works with. */
export class KernelContext {
  readonly runtime: Runtime;
  readonly heap: Heap;
  /** How convolutions are computed. */
  readonly chooseWay: ChooseWay;
  private readonly backend: WasmBackend;

  constructor(backend: WasmBackend) {
    this.backend = backend;
    this.runtime = backend.runtime;
    this.heap = backend.runtime.heap;
    this.chooseWay = backend.chooseWay;
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
    return this.backend.allocate([...shape], dtype);
  }

  /** Another tensor with the same values. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.backend.incRef(dataId);
    return { dataId, shape: [...shape], dtype };
  }

  /** Takes back what `makeOutput` or `share` made. */
  dispose({ dataId }: TensorInfo): void {
    this.backend.disposeData(dataId);
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
