import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { type Compute, kernelsOn } from './kernels.js';
import { type NativeBackend, NativeOps } from './native-ops.js';
import type { RunOnArrays } from './probe.js';

/** The name under which tfjs-node registers its backend. */
export const BACKEND_NAME = 'tensorflow';

/** What the registration needs of the tfjs-node (or tfjs-node-gpu) module that it is handed. */
export interface TensorflowModule {
  findBackend(name: string): unknown;
  getKernel(kernelName: string, backendName: string): KernelConfig | undefined;
  registerKernel(config: KernelConfig): void;
}

/** What was registered, and why the rest was not. */
export interface KernelRegistration {
  readonly kernels: readonly string[];
  readonly refused: readonly { readonly kernel: string; readonly reason: string }[];
  readonly device: 'cpu' | 'gpu';
}

/**
 * Registers the kernels of `@hifigan/ops` for tfjs-node's backend. Each is tried once, on a few numbers:
 * one that this native library refuses or gets wrong is not registered, and the composite of
 * `@hifigan/ops` runs in its place. Calling it again changes nothing.
 *
 * @param tf the module @tensorflow/tfjs-node or @tensorflow/tfjs-node-gpu; its `@tensorflow/tfjs-core`
 *   has to be the one that `@hifigan/ops` imports
 * @throws where the module has no backend `tensorflow`
 */
export function registerTensorflowKernels(tf: TensorflowModule): KernelRegistration {
  const backend = tf.findBackend(BACKEND_NAME);
  if (!isNativeBackend(backend)) {
    throw new Error(
      `registerTensorflowKernels: backend ${BACKEND_NAME} must be that of tfjs-node, because the ` +
        'kernels call its native library; hand over the module @tensorflow/tfjs-node or ' +
        '@tensorflow/tfjs-node-gpu, loaded',
    );
  }
  const native = new NativeOps(backend);
  const kernels: string[] = [];
  const refused: { kernel: string; reason: string }[] = [];
  for (const { name, ways, probe } of kernelsOn(native)) {
    if (!tf.getKernel(name, BACKEND_NAME)) {
      const reasons: string[] = [];
      const compute = ways.find((way) => {
        const reason = attempt(() => probe(onArrays(backend, way)));
        if (reason !== undefined) reasons.push(reason);
        return reason === undefined;
      });
      if (!compute) {
        refused.push({ kernel: name, reason: reasons.join('; ') });
        continue;
      }
      tf.registerKernel({
        kernelName: name,
        backendName: BACKEND_NAME,
        kernelFunc: ({ inputs, attrs }) => compute(inputs, attrs ?? {}),
      });
    }
    kernels.push(name);
  }
  return { kernels, refused, device: native.onGpu ? 'gpu' : 'cpu' };
}

/** A kernel on plain arrays, below tfjs's engine, which may have another backend active. */
function onArrays(backend: NativeBackend, compute: Compute): RunOnArrays {
  return (arrays, attributes) => {
    const inputs: Record<string, TensorInfo> = {};
    const made: TensorInfo[] = [];
    try {
      for (const [name, { shape, values }] of Object.entries(arrays)) {
        const dataId = backend.write(Float32Array.from(values), [...shape], 'float32');
        inputs[name] = { dataId, shape: [...shape], dtype: 'float32' };
        made.push(inputs[name]);
      }
      const outputs = [compute(inputs, attributes)].flat();
      made.push(...outputs);
      return Array.from(backend.readSync(outputs[0].dataId));
    } finally {
      for (const { dataId } of made) backend.disposeData(dataId, true);
    }
  };
}

function attempt(probe: () => string | undefined): string | undefined {
  try {
    return probe();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isNativeBackend(backend: unknown): backend is NativeBackend {
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'binding' in backend &&
    'tensorMap' in backend
  );
}
