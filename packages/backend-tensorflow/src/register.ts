import {
  ADAMW_UPDATE,
  type AdamWAttributes,
  type AdamWInputs,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  type Conv1dAttributes,
  type Conv1dBackpropFilterAttributes,
  type Conv1dInputs,
  type Conv1dTransposeAttributes,
  LEAKY_RELU_GRADIENT,
  type LeakyReluGradientAttributes,
} from '@hifigan/ops';
import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { adamWUpdate, type UpdateVariables, updateVariables } from './adamw-update.js';
import { type ChannelSumInputs, channelSum } from './channel-sum.js';
import { conv1d } from './conv1d.js';
import { type Conv1dBackpropFilterInputs, conv1dBackpropFilter } from './conv1d-backprop-filter.js';
import { conv1dTranspose } from './conv1d-transpose.js';
import { type LeakyReluGradientInputs, leakyReluGradient } from './leaky-relu-gradient.js';
import { type NativeBackend, NativeOps } from './native-ops.js';
import {
  probeAdamW,
  probeChannelSum,
  probeConv1d,
  probeConv1dBackpropFilter,
  probeConv1dTranspose,
  probeLeakyReluGradient,
  type RunOnArrays,
} from './probe.js';

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

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

interface Kernel {
  readonly name: string;
  /** Both as the contract of that name in `@hifigan/ops` says. */
  readonly compute: (inputs: Inputs, attributes: object) => TensorInfo | TensorInfo[];
  /** What is wrong with it on this machine, if anything. */
  readonly probe: (run: RunOnArrays) => string | undefined;
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
  for (const { name, compute, probe } of kernelsOn(native)) {
    if (!tf.getKernel(name, BACKEND_NAME)) {
      const reason = attempt(() => probe(onArrays(backend, compute)));
      if (reason !== undefined) {
        refused.push({ kernel: name, reason });
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

// The one place where tfjs's untyped inputs and attributes meet the contracts of `@hifigan/ops`.
function kernelsOn(native: NativeOps): Kernel[] {
  let variables: UpdateVariables | undefined;
  return [
    {
      name: CONV1D,
      compute: (inputs, attributes) =>
        conv1d(
          native,
          inputs as unknown as Conv1dInputs<TensorInfo>,
          attributes as Conv1dAttributes,
        ),
      probe: probeConv1d,
    },
    {
      name: CONV1D_TRANSPOSE,
      compute: (inputs, attributes) =>
        conv1dTranspose(
          native,
          inputs as unknown as Conv1dInputs<TensorInfo>,
          attributes as Conv1dTransposeAttributes,
        ),
      probe: probeConv1dTranspose,
    },
    {
      name: CONV1D_BACKPROP_FILTER,
      compute: (inputs, attributes) =>
        conv1dBackpropFilter(
          native,
          inputs as unknown as Conv1dBackpropFilterInputs,
          attributes as Conv1dBackpropFilterAttributes,
        ),
      probe: probeConv1dBackpropFilter,
    },
    {
      name: LEAKY_RELU_GRADIENT,
      compute: (inputs, attributes) =>
        leakyReluGradient(
          native,
          inputs as unknown as LeakyReluGradientInputs,
          attributes as LeakyReluGradientAttributes,
        ),
      probe: probeLeakyReluGradient,
    },
    {
      name: CHANNEL_SUM,
      compute: (inputs) => channelSum(native, inputs as unknown as ChannelSumInputs),
      probe: probeChannelSum,
    },
    {
      name: ADAMW_UPDATE,
      compute(inputs, attributes) {
        variables ??= updateVariables(native);
        return adamWUpdate(
          native,
          variables,
          inputs as unknown as AdamWInputs<TensorInfo>,
          attributes as AdamWAttributes,
        );
      },
      probe: probeAdamW,
    },
  ];
}

/** A kernel on plain arrays, below tfjs's engine, which may have another backend active. */
function onArrays(backend: NativeBackend, compute: Kernel['compute']): RunOnArrays {
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
