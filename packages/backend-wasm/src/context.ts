import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmBackend } from './backend.js';
import type { Heap } from './heap.js';
import { JobWriter } from './job.js';
import type { Inputs, Kernel } from './kernel.js';
import type { Runtime } from './runtime.js';
import type { ChooseWay } from './scheme-table.js';

/** All that a kernel of ours works with. */
export class KernelContext {
  readonly runtime: Runtime;
  readonly heap: Heap;
  /** How convolutions are computed. */
  readonly chooseWay: ChooseWay;
  private readonly backend: WasmBackend;
  /** Of the kernel that runs: what it has made, for when it fails. */
  private made: TensorInfo[] = [];
  /** And memory that ends with it. */
  private borrowed: number[] = [];

  constructor(backend: WasmBackend) {
    this.backend = backend;
    this.runtime = backend.runtime;
    this.heap = backend.runtime.heap;
    this.chooseWay = backend.chooseWay;
  }

  /** Runs a kernel. Where it throws, as it does when memory runs out, nothing that it made is left. */
  run(kernel: Kernel, inputs: Inputs, attributes: object): TensorInfo | TensorInfo[] {
    const { made, borrowed } = this;
    this.made = [];
    this.borrowed = [];
    try {
      return kernel.compute(this, inputs, attributes);
    } catch (error) {
      for (const { dataId } of this.made) this.backend.disposeData(dataId);
      throw error;
    } finally {
      for (const pointer of this.borrowed) this.heap.free(pointer);
      this.made = made;
      this.borrowed = borrowed;
    }
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
    const output = this.backend.allocate([...shape], dtype);
    this.made.push(output.info);
    return output;
  }

  /** Another tensor with the same values. */
  share({ dataId, dtype }: TensorInfo, shape: readonly number[]): TensorInfo {
    this.backend.incRef(dataId);
    const info = { dataId, shape: [...shape], dtype };
    this.made.push(info);
    return info;
  }

  /** Takes back what `makeOutput` or `share` made. */
  dispose(info: TensorInfo): void {
    this.made = this.made.filter((other) => other !== info);
    this.backend.disposeData(info.dataId);
  }

  /** Memory of the heap until the kernel ends. */
  borrow(bytes: number): number {
    const pointer = this.heap.allocate(bytes);
    this.borrowed.push(pointer);
    return pointer;
  }

  /**
   * Memory that depends on a tensor's values alone, such as packed weights: made once, freed with them.
   *
   * @param key tells all that it depends on besides the values; tensors of several shapes may share those
   */
  packed({ dataId }: TensorInfo, key: string, bytes: number, fill: (to: number) => void): number {
    return this.backend.data.get(dataId).packedAs(key, () => {
      const pointer = this.heap.allocate(bytes);
      try {
        fill(pointer);
      } catch (error) {
        this.heap.free(pointer);
        throw error;
      }
      return pointer;
    });
  }

  /** The job of the next `runtime.parallel`, its fields to be written. */
  job(): JobWriter {
    return new JobWriter(this.heap);
  }
}
