import type { DataId, TensorInfo } from '@tensorflow/tfjs-core';

/** A tensor that lives in the native library: its handle there and its shape. */
export interface NativeTensor {
  readonly id: number;
  readonly shape: readonly number[];
  /** The native library's number for the type. */
  readonly dtype: number;
}

/** An attribute of a native op, as the addon's binding takes it. */
export interface NativeAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** The part of the addon's binding that the kernels use (tfjs-node: `tfjs_binding.ts`). */
export interface NativeBinding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_TYPE: number;
  executeOp(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly number[],
    outputs: number,
  ): NativeTensor[];
  createTensor(shape: readonly number[], dtype: number, values: Int32Array | Float32Array): number;
  deleteTensor(id: number): void;
}

/** What tfjs-node's backend knows of a tensor; values that are not uploaded yet stand in `values`. */
export interface NativeEntry extends NativeTensor {
  readonly values: null;
  readonly refCount: number;
}

/**
 * The part of tfjs-node's backend that the kernels use. Some of it is private in its typings; going
 * through it spares a tfjs tensor, and its bookkeeping, for every intermediate result.
 */
export interface NativeBackend {
  readonly binding: NativeBinding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { set(dataId: DataId, entry: NativeEntry): void };
  /** Native handles of tfjs tensors, uploading values that are not there yet. */
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  write(values: Float32Array, shape: number[], dtype: 'float32'): DataId;
  readSync(dataId: DataId): ArrayLike<number>;
  disposeData(dataId: DataId, force?: boolean): boolean;
}

/** Constants that are kept; training needs some hundreds, again and again. */
const MOST_CONSTANTS = 4096;

/** Native ops on native tensors, and the way from and to tfjs tensors. */
export class NativeOps {
  readonly backend: NativeBackend;
  private readonly binding: NativeBinding;
  private readonly constants = new Map<string, NativeTensor>();
  private readonly known = new Map<string, boolean>();

  constructor(backend: NativeBackend) {
    this.backend = backend;
    this.binding = backend.binding;
  }

  /** Whether ops run on a GPU. */
  get onGpu(): boolean {
    return this.backend.isUsingGpuDevice;
  }

  /** Whether the library has an op of that name: one of ours is only there where its module is. */
  knows(op: string): boolean {
    const found = this.known.get(op);
    if (found !== undefined) return found;
    let known = true;
    try {
      for (const { id } of this.binding.executeOp(op, [], [], 1)) this.binding.deleteTensor(id);
    } catch (error) {
      // "Not found"; any other complaint is about the inputs that are missing.
      known = !/TF_Status: 5\b/.test(String(error));
    }
    this.known.set(op, known);
    return known;
  }

  /**
   * Runs `compute` and returns its results as tfjs tensors; every other native tensor that it made is
   * freed, also where it throws.
   */
  run(compute: (work: Workspace) => NativeTensor[]): TensorInfo[] {
    const work = new Workspace(this, this.binding);
    try {
      const results = compute(work);
      for (const result of results) work.disown(result);
      return results.map((result) => this.output(result));
    } finally {
      work.free();
      this.limitConstants();
    }
  }

  /** 32-bit integers; kept for the next time, and freed by nobody else. */
  ints(values: readonly number[], shape: readonly number[] = [values.length]): NativeTensor {
    return this.constant(`i${shape}:${values}`, this.binding.TF_INT32, shape, () =>
      Int32Array.from(values),
    );
  }

  /** A scalar of 32-bit floating point; kept likewise. */
  scalar(value: number): NativeTensor {
    return this.constant(`f${value}`, this.binding.TF_FLOAT, [], () => Float32Array.of(value));
  }

  /** Values of 32-bit floating point; kept likewise. */
  floats(values: readonly number[]): NativeTensor {
    return this.constant(`f[${values}]`, this.binding.TF_FLOAT, [values.length], () =>
      Float32Array.from(values),
    );
  }

  // To make a constant costs as much as a small op.
  private constant(
    key: string,
    dtype: number,
    shape: readonly number[],
    values: () => Int32Array | Float32Array,
  ): NativeTensor {
    const kept = this.constants.get(key);
    if (kept) return kept;
    const made = { id: this.binding.createTensor(shape, dtype, values()), shape, dtype };
    this.constants.set(key, made);
    return made;
  }

  /** Between kernels: there none is in use. */
  private limitConstants(): void {
    if (this.constants.size <= MOST_CONSTANTS) return;
    for (const { id } of this.constants.values()) this.binding.deleteTensor(id);
    this.constants.clear();
  }

  private output(tensor: NativeTensor): TensorInfo {
    const dataId = {};
    this.backend.tensorMap.set(dataId, { ...tensor, values: null, refCount: 1 });
    return { dataId, shape: [...tensor.shape], dtype: 'float32' };
  }

  bool(name: string, value: boolean): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_BOOL, value };
  }

  float(name: string, value: number): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_FLOAT, value };
  }

  integers(name: string, value: number | readonly number[]): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_INT, value };
  }

  shape(name: string, value: readonly number[]): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_SHAPE, value };
  }

  string(name: string, value: string): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_STRING, value };
  }

  intType(name: string): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value: this.binding.TF_INT32 };
  }

  floatType(name: string): NativeAttribute {
    return { name, type: this.binding.TF_ATTR_TYPE, value: this.binding.TF_FLOAT };
  }
}

/** The native tensors made in the course of one kernel. */
export class Workspace {
  private readonly native: NativeOps;
  private readonly binding: NativeBinding;
  private readonly owned = new Set<number>();

  constructor(native: NativeOps, binding: NativeBinding) {
    this.native = native;
    this.binding = binding;
  }

  /** The native tensor of a kernel's input; it stays the caller's. */
  input(tensor: TensorInfo): NativeTensor {
    const [id] = this.native.backend.getInputTensorIds([tensor]);
    return { id, shape: tensor.shape, dtype: this.binding.TF_FLOAT };
  }

  /** Runs an op with one output. */
  op(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly NativeTensor[],
  ): NativeTensor {
    return this.ops(name, attributes, inputs, 1)[0];
  }

  /** Runs an op with a given number of outputs. */
  ops(
    name: string,
    attributes: readonly NativeAttribute[],
    inputs: readonly NativeTensor[],
    outputs: number,
  ): NativeTensor[] {
    const ids = inputs.map((input) => input.id);
    const results = this.binding.executeOp(name, attributes, ids, outputs);
    for (const result of results) this.owned.add(result.id);
    return results;
  }

  /** See {@link NativeOps.ints}. */
  ints(values: readonly number[], shape?: readonly number[]): NativeTensor {
    return this.native.ints(values, shape);
  }

  /** See {@link NativeOps.scalar}. */
  scalar(value: number): NativeTensor {
    return this.native.scalar(value);
  }

  /** The same values in another shape (no copy). */
  reshape(tensor: NativeTensor, shape: readonly number[]): NativeTensor {
    return this.op('Reshape', [], [tensor, this.ints(shape)]);
  }

  /** Frees what is no longer needed, before the kernel ends; leaves tensors of others alone. */
  release(...tensors: readonly NativeTensor[]): void {
    for (const { id } of tensors) if (this.owned.delete(id)) this.binding.deleteTensor(id);
  }

  /** Gives a tensor away: it outlives the workspace. */
  disown(tensor: NativeTensor): void {
    this.owned.delete(tensor.id);
  }

  /** Frees all that is left. */
  free(): void {
    for (const id of this.owned) this.binding.deleteTensor(id);
    this.owned.clear();
  }
}
