import { activateTensorflow, missingTensorflow } from '@hifigan/backend-tensorflow/node';
import { registerWasmBackend } from '@hifigan/backend-wasm';
import { registerWebGpuBackend } from '@hifigan/backend-webgpu';
import { provideWebGpu } from '@hifigan/backend-webgpu/node';
import { provideVulkan, type TestBackend } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';

export interface Backend extends TestBackend {
  /** Whether it brings kernels for `@hifigan/ops`; else the composites run. */
  readonly hasKernels: boolean;
}

/** tfjs's plain backend, in JavaScript. Whole networks take minutes on it, so it is for what is small. */
export const PLAIN_BACKEND: Backend = {
  name: 'cpu',
  hasKernels: false,
  activate: () => tf.setBackend('cpu'),
};

/**
 * Where the suites run. A new backend is one entry here: models' run on all, train's steps and ops' on those with
 * kernels.
 */
export const BACKENDS: readonly Backend[] = [
  {
    name: 'wasm',
    hasKernels: false,
    activate: () => tf.setBackend('wasm'),
  },
  {
    name: 'hifigan-wasm',
    hasKernels: true,
    activate: async () => tf.setBackend((await registerWasmBackend()).name),
  },
  {
    name: 'tensorflow',
    hasKernels: true,
    needs: { what: 'the native TensorFlow addon', missing: missingTensorflow },
    activate: () => activateTensorflow(),
  },
  {
    name: 'hifigan-webgpu',
    hasKernels: true,
    readsLater: true,
    needs: { what: 'a driver for WebGPU', missing: provideVulkan },
    activate: async () => {
      await provideWebGpu();
      await tf.setBackend((await registerWebGpuBackend()).name);
    },
  },
];
