import {
  getKernel,
  getKernelsForBackend,
  type KernelConfig,
  type KernelFunc,
  registerKernel,
} from '@tensorflow/tfjs-core';
import { BACKEND_NAME, type WasmBackend } from './backend.js';
import type { Inputs, Kernel } from './kernel.js';

/** tfjs's plain backend, whose kernels compute what ours do not. */
const CPU = 'cpu';

/** Registers our kernels, and all others of tfjs's plain backend on our data. Calling it again changes nothing. */
export function registerKernels(kernels: readonly Kernel[]): void {
  for (const kernel of kernels) {
    register({
      kernelName: kernel.name,
      kernelFunc: withFallback(kernel, getKernel(kernel.name, CPU)?.kernelFunc),
    });
  }
  for (const { kernelName, kernelFunc } of getKernelsForBackend(CPU)) {
    register({ kernelName, kernelFunc: onOurData(kernelFunc) });
  }
}

/** tfjs hands each kernel the active backend, so that none is bound to one. */
function withFallback(kernel: Kernel, fallback: KernelFunc | undefined): KernelFunc {
  const other = fallback && onOurData(fallback);
  return ({ inputs, backend, attrs }) => {
    const ours = inputs as unknown as Inputs;
    const attributes = attrs ?? {};
    if (other && kernel.accepts && !kernel.accepts(ours, attributes)) {
      return other({ inputs, backend, attrs });
    }
    const { context } = backend as WasmBackend;
    return context.orUndo(() => kernel.compute(context, ours, attributes));
  };
}

function onOurData(kernelFunc: KernelFunc): KernelFunc {
  return ({ inputs, backend, attrs }) =>
    kernelFunc({ inputs, backend: (backend as WasmBackend).cpuView, attrs });
}

function register(config: Omit<KernelConfig, 'backendName'>): void {
  if (!getKernel(config.kernelName, BACKEND_NAME)) {
    registerKernel({ ...config, backendName: BACKEND_NAME });
  }
}
