import * as tf from '@tensorflow/tfjs-core';
import { BACKEND_NAME, type KernelRegistration, registerTensorflowKernels } from '../register.js';
import { type LoadOptions, loadTensorflow, TensorflowUnavailableError } from './load.js';

/**
 * Loads the native library, makes it the backend of tfjs and registers the kernels of `@hifigan/ops`.
 * Calling it again changes nothing.
 *
 * @throws TensorflowUnavailableError where there is no addon, it does not load, or it comes with a copy
 *   of tfjs of its own
 */
export async function activateTensorflow(options: LoadOptions = {}): Promise<KernelRegistration> {
  const module = loadTensorflow(options);
  if (module.findBackend(BACKEND_NAME) !== tf.findBackend(BACKEND_NAME)) {
    throw new TensorflowUnavailableError(
      'activateTensorflow: @tensorflow/tfjs-core must be installed once, because tensors of one copy ' +
        'are unknown to another; see: npm ls @tensorflow/tfjs-core',
    );
  }
  await tf.setBackend(BACKEND_NAME);
  return registerTensorflowKernels(module);
}
