import {
  copyRegisteredKernels,
  findBackend,
  getKernel,
  type KernelFunc,
  registerBackend,
  registerKernel,
  removeBackend,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import { describeAdapter, findAdapter, isSoftwareAdapter } from './adapter.js';
import { addN } from './add-n.js';
import { BACKEND_NAME, type DeviceBackend, guardDevice, isLost } from './backend.js';
import { type Compute, KERNELS } from './kernels.js';

export interface WebGpuBackendOptions {
  /** Default: `navigator.gpu`. Heeded by the call that starts the backend alone, not while one is there or starting. */
  readonly gpu?: GPU;
}

/** What was registered. */
export interface WebGpuBackendDescription {
  /** For `tf.setBackend`. */
  readonly name: string;
  /** The adapter, for people. */
  readonly adapter: string;
  /** Whether it is a program on the processor, which is slower than WebAssembly. */
  readonly software: boolean;
  /** Bytes of the largest tensor. */
  readonly largestTensor: number;
}

/** The backend of tfjs that ours is built on. */
const TFJS = 'webgpu';
const ADD_N = 'AddN';
/** Below tfjs's own and ours of WebAssembly: who wants it says so, since an adapter may be a software one. */
const PRIORITY = 0;

const described = new WeakMap<object, WebGpuBackendDescription>();
let starting: Promise<WebGpuBackendDescription> | undefined;

/**
 * Asks for a device and registers the backend with tfjs, to be made the active one by
 * `tf.setBackend('hifigan-webgpu')`. Where it is registered already or starting, that one stays as it is, whatever
 * the options; to take another `gpu`, remove it first. One whose device is lost is removed, and a new one started.
 * `tf.removeBackend('hifigan-webgpu')` ends it and its device.
 *
 * Tensors are read by `await tensor.data()`: `dataSync` is not to be had on WebGPU.
 *
 * @throws where WebGPU or an adapter is missing
 */
export async function registerWebGpuBackend(
  options: WebGpuBackendOptions = {},
): Promise<WebGpuBackendDescription> {
  const registered = findBackend(BACKEND_NAME);
  if (registered && isLost(registered)) removeBackend(BACKEND_NAME);
  else if (registered) return described.get(registered)!;
  starting ??= start(options).finally(() => {
    starting = undefined;
  });
  return starting;
}

async function start({
  gpu = globalThis.navigator?.gpu,
}: WebGpuBackendOptions): Promise<WebGpuBackendDescription> {
  const adapter = await findAdapter(gpu);
  const { limits, features, info } = adapter;
  const device = await adapter.requestDevice({
    // tfjs times its programs with it.
    requiredFeatures: features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: {
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxBufferSize: limits.maxBufferSize,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
  const backend = await tfjsBackend(device, info);
  guardDevice(backend);
  registerKernels();
  registerBackend(BACKEND_NAME, () => backend, PRIORITY);
  const description = {
    name: BACKEND_NAME,
    adapter: describeAdapter(info),
    software: isSoftwareAdapter(info),
    largestTensor: Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize),
  };
  described.set(backend, description);
  return description;
}

async function tfjsBackend(device: GPUDevice, info: GPUAdapterInfo): Promise<DeviceBackend> {
  // It registers kernels, and a backend of its own, when it is loaded, so that it must not be an import of this module.
  const module = await import('@tensorflow/tfjs-backend-webgpu');
  return new module.WebGPUBackend(device, info) as unknown as DeviceBackend;
}

/** tfjs's kernels under our name, and ours. Calling it again changes nothing. */
function registerKernels(): void {
  const names = Object.keys(KERNELS);
  if (getKernel(names[0]!, BACKEND_NAME)) return;
  copyRegisteredKernels(TFJS, BACKEND_NAME);
  const few = getKernel(ADD_N, BACKEND_NAME)!.kernelFunc;
  unregisterKernel(ADD_N, BACKEND_NAME);
  registerKernel({ kernelName: ADD_N, backendName: BACKEND_NAME, kernelFunc: addN(few) });
  for (const kernelName of names) {
    registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: kernelFunc(KERNELS[kernelName]!),
    });
  }
}

/** tfjs hands each kernel the active backend, so that none is bound to one. */
function kernelFunc(compute: Compute): KernelFunc {
  return ({ inputs, backend, attrs }) =>
    compute(backend as DeviceBackend, inputs as never, (attrs ?? {}) as never);
}
