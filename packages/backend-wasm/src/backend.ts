import {
  type BackendTimingInfo,
  backend_util,
  type DataId,
  DataStorage,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { KernelContext } from './context.js';
import { CpuView } from './cpu-view.js';
import type { Runtime } from './runtime.js';
import { type ChooseWay, chooseWay } from './scheme-table.js';
import { StoredData } from './storage.js';

/** The name under which tfjs knows the backend; `wasm` is that of tfjs's own package. */
export const BACKEND_NAME = 'hifigan-wasm';

/** What `tf.memory()` tells while the backend is active. */
export interface WasmMemoryInfo {
  readonly unreliable: boolean;
  /** Bytes of the heap that tensors and kernels hold now. */
  readonly heapBytes: number;
  /** The most that they ever held. */
  readonly heapPeakBytes: number;
  /** Bytes of the WebAssembly memory, used or not. */
  readonly memoryBytes: number;
}

/** tfjs's side: who holds which values. */
export class WasmBackend extends KernelBackend {
  readonly runtime: Runtime;
  /** How convolutions are computed. */
  readonly chooseWay: ChooseWay;
  readonly data: DataStorage<StoredData>;
  /** For kernels of ours. */
  readonly context: KernelContext;
  /** For those of tfjs's plain backend. */
  readonly cpuView: CpuView;
  private nextId = 1;

  constructor(runtime: Runtime, choose: ChooseWay = chooseWay) {
    super();
    this.runtime = runtime;
    this.chooseWay = choose;
    this.data = new DataStorage(this, engine());
    this.context = new KernelContext(this);
    this.cpuView = new CpuView(this);
  }

  override write(
    values: backend_util.BackendValues | undefined,
    _shape: number[],
    dtype: DataType,
  ): DataId {
    const dataId = { id: this.nextId++ };
    this.data.set(dataId, new StoredData(this.runtime.heap, dtype, values));
    return dataId;
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    const { heap } = this.runtime;
    if (dtype !== 'complex64') {
      this.data.set(dataId, new StoredData(heap, dtype, values, refCount));
      return;
    }
    const data = new StoredData(heap, dtype, undefined, refCount);
    const { real, imag } = backend_util.splitRealAndImagArrays(values as Float32Array);
    const part = (part: Float32Array): TensorInfo => ({
      dataId: this.write(part, shape, 'float32'),
      shape,
      dtype: 'float32',
    });
    data.complexTensorInfos = { real: part(real), imag: part(imag) };
    this.data.set(dataId, data);
  }

  /** A tensor in the heap, its values not set yet. */
  allocate(shape: number[], dtype: DataType): { info: TensorInfo; pointer: number } {
    const data = StoredData.allocate(this.runtime.heap, dtype, util.sizeFromShape(shape));
    const dataId = { id: this.nextId++ };
    this.data.set(dataId, data);
    return { info: { dataId, shape, dtype }, pointer: data.pointer };
  }

  override numDataIds(): number {
    return this.data.numDataIds();
  }

  override refCount(dataId: DataId): number {
    return this.data.has(dataId) ? this.data.get(dataId).refCount : 0;
  }

  override incRef(dataId: DataId): void {
    this.data.get(dataId).refCount++;
  }

  decRef(dataId: DataId): void {
    if (this.data.has(dataId)) this.data.get(dataId).refCount--;
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const data = this.data.get(dataId);
    data.refCount--;
    if (!force && data.refCount > 0) return false;
    if (data.complexTensorInfos) {
      this.disposeData(data.complexTensorInfos.real.dataId, true);
      this.disposeData(data.complexTensorInfos.imag.dataId, true);
    }
    this.data.delete(dataId);
    data.free();
    return true;
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  /** A copy where the values lie in the heap. */
  override readSync(dataId: DataId): backend_util.BackendValues {
    const { dtype, complexTensorInfos, values } = this.data.get(dataId);
    if (dtype === 'complex64') {
      const { real, imag } = complexTensorInfos!;
      return backend_util.mergeRealAndImagArrays(
        this.readSync(real.dataId) as Float32Array,
        this.readSync(imag.dataId) as Float32Array,
      );
    }
    return this.outside(values);
  }

  /** The values themselves, or a copy of them where they lie in the heap and would change. */
  outside(values: backend_util.BackendValues): backend_util.BackendValues {
    return ArrayBuffer.isView(values) && this.runtime.heap.owns(values) ? values.slice() : values;
  }

  override async time(f: () => void): Promise<BackendTimingInfo> {
    const start = util.now();
    f();
    return { kernelMs: util.now() - start };
  }

  override memory(): WasmMemoryInfo {
    const { heap } = this.runtime;
    return {
      unreliable: false,
      heapBytes: heap.bytesInUse,
      heapPeakBytes: heap.peakBytes,
      memoryBytes: heap.bytes,
    };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override dispose(): void {
    this.runtime.dispose();
  }
}
