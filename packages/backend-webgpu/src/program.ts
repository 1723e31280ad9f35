import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** What our kernels use of tfjs's WebGPU backend; all of it is public there. */
export interface ProgramBackend {
  readonly device: GPUDevice;
  makeTensorInfo(shape: number[], dtype: DataType): TensorInfo;
  disposeData(dataId: object, force?: boolean): boolean;
  /** Records a dispatch; compiles the program at its first use, kept by its key and the kinds of its inputs. */
  runWebGPUProgram(
    program: TfjsProgram,
    inputs: TensorInfo[],
    outputDtype: DataType,
    uniforms: { type: string; data: number[] }[],
    output: TensorInfo,
  ): TensorInfo;
}

/** tfjs's `WebGPUProgram`, of which its typings want `@webgpu/types`. */
interface TfjsProgram {
  readonly variableNames: string[];
  readonly variableComponents: number[];
  readonly outputComponent: number;
  readonly outputShape: number[];
  readonly dispatchLayout: { x: number[] };
  dispatch: [number, number, number];
  readonly workgroupSize: [number, number, number];
  readonly uniforms: string;
  shaderKey: string;
  getUserCode(): string;
}

/** A number that a program reads where it runs, so that it need not be compiled for each. */
export type Uniform = readonly [name: string, type: 'i32' | 'f32', value: number];

/** A dispatch of a program of ours over flat arrays. */
export interface Dispatch {
  /** Tells apart all that {@link code} depends on. */
  readonly key: string;
  /**
   * WGSL with `fn main(index: i32)`. The inputs are arrays by their names, the output is `result`, and uniforms are
   * `uniforms.NAME`. `localIndex` counts within a workgroup. Indices beyond what was asked for may come.
   */
  readonly code: () => string;
  readonly inputs: readonly Input[];
  readonly output: {
    /** Of the tensor that is returned; the program sees it flat. */
    readonly shape: readonly number[];
    /** Written as so many values at once; default 1. */
    readonly components?: 1 | 4;
  };
  readonly uniforms: readonly Uniform[];
  readonly workgroups: number;
  readonly threads: number;
}

export interface Input {
  readonly name: string;
  readonly tensor: TensorInfo;
  /** Read as so many values at once; default 1. */
  readonly components?: 1 | 4;
}

/** Runs a program and returns its output, which is the caller's. @throws where an array exceeds what a GPU binds */
export function dispatch(
  backend: ProgramBackend,
  { key, code, inputs, output, uniforms, workgroups, threads }: Dispatch,
): TensorInfo {
  for (const { name, tensor } of inputs) checkSize(backend, key, name, tensor.shape);
  checkSize(backend, key, 'the output', output.shape);
  const made = backend.makeTensorInfo([...output.shape], 'float32');
  try {
    backend.runWebGPUProgram(
      {
        variableNames: inputs.map(({ name }) => name),
        variableComponents: inputs.map(({ components = 1 }) => components),
        outputComponent: output.components ?? 1,
        outputShape: [sizeOf(output.shape)],
        // Flat, so that tfjs spreads more workgroups than a dimension takes over two or three.
        dispatchLayout: { x: [0] },
        dispatch: [workgroups, 1, 1],
        workgroupSize: [threads, 1, 1],
        uniforms: uniforms.map(([name, type]) => `${name} : ${type}, `).join(''),
        shaderKey: `hifigan ${key} ${inputs.map(({ components = 1 }) => components).join('')}${output.components ?? 1}`,
        getUserCode: code,
      },
      // Flat: tfjs writes code for each kind of shape.
      inputs.map(({ tensor }) => flat(tensor)),
      'float32',
      uniforms.map(([, type, value]) => ({
        type: type === 'i32' ? 'int32' : 'float32',
        data: [value],
      })),
      flat(made),
    );
  } catch (error) {
    backend.disposeData(made.dataId);
    throw error;
  }
  return made;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function flat({ dataId, shape, dtype }: TensorInfo): TensorInfo {
  return { dataId, shape: [sizeOf(shape)], dtype };
}

function checkSize(
  { device }: ProgramBackend,
  key: string,
  what: string,
  shape: readonly number[],
): void {
  const bytes = sizeOf(shape) * 4;
  const most = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  if (bytes <= most) return;
  throw new RangeError(
    `hifigan-webgpu ${key.split(' ')[0]}: ${what} [${shape.join(', ')}] has ${bytes} bytes and must have ${most} at most, because ` +
      'this GPU binds no larger array; take shorter signals, a smaller batch, or another backend',
  );
}
