import {
  type backend_util,
  buffer,
  type DataId,
  type DataType,
  engine,
  kernel_impls,
  type Rank,
  type ShapeMap,
  type Tensor,
  type TensorBuffer,
  type TensorInfo,
  type TypedArray,
  util,
} from '@tensorflow/tfjs-core';
import type { WasmBackend } from './backend.js';
import type { StoredData } from './storage.js';

/**
 * What the kernels of tfjs's plain backend take for theirs: the same methods as its `MathBackendCPU`, over
 * the data of ours. They read `data.get(id).values` at once and return new arrays, so that views of the
 * heap may be handed to them without a copy; what they return that is such a view is copied.
 */
export class CpuView {
  /** Read by its matrix product. */
  readonly blockSize = 48;
  readonly data: {
    get(dataId: DataId): StoredData;
    has(dataId: DataId): boolean;
  };
  private readonly backend: WasmBackend;

  constructor(backend: WasmBackend) {
    this.backend = backend;
    this.data = backend.data;
  }

  write(values: backend_util.BackendValues | undefined, shape: number[], dtype: DataType): DataId {
    // A slice may be a part of its input, which may be freed before it.
    return this.backend.write(values && this.backend.outside(values), shape, dtype);
  }

  makeTensorInfo(
    shape: number[],
    dtype: DataType,
    values?: backend_util.BackendValues | string[],
  ): TensorInfo {
    const encoded =
      dtype === 'string' && values && values.length > 0 && util.isString(values[0] as object)
        ? (values as string[]).map((text) => util.encodeString(text))
        : values;
    const dataId = this.write(encoded as backend_util.BackendValues | undefined, shape, dtype);
    return { dataId, shape, dtype };
  }

  /** Two kernels return a tensor of the engine and not its description. */
  makeOutput(values: backend_util.BackendValues, shape: number[], dtype: DataType): Tensor {
    return engine().makeTensorFromTensorInfo(
      this.makeTensorInfo(shape, dtype, values),
      this.backend,
    );
  }

  refCount(dataId: DataId): number {
    return this.backend.refCount(dataId);
  }

  incRef(dataId: DataId): void {
    this.backend.incRef(dataId);
  }

  decRef(dataId: DataId): void {
    this.backend.decRef(dataId);
  }

  numDataIds(): number {
    return this.backend.numDataIds();
  }

  disposeData(dataId: DataId, force = false): boolean {
    return this.backend.disposeData(dataId, force);
  }

  disposeIntermediateTensorInfo({ dataId }: TensorInfo): void {
    this.backend.disposeData(dataId);
  }

  readSync(dataId: DataId): backend_util.BackendValues {
    return this.backend.readSync(dataId);
  }

  bufferSync<R extends Rank, D extends DataType>(tensor: TensorInfo): TensorBuffer<R, D> {
    const values = this.readSync(tensor.dataId);
    const decoded =
      tensor.dtype === 'string'
        ? (values as Uint8Array[]).map((bytes) => util.decodeString(bytes))
        : (values as TypedArray);
    return buffer(
      tensor.shape as ShapeMap[R],
      tensor.dtype as D,
      decoded as TensorBuffer<R, D>['values'],
    );
  }

  where(condition: Tensor): Tensor {
    return kernel_impls.whereImpl(condition.shape, this.readSync(condition.dataId) as TypedArray);
  }

  floatPrecision(): 32 {
    return 32;
  }

  epsilon(): number {
    return this.backend.epsilon();
  }
}
