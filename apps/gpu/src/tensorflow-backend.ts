import { registerTensorflowKernels } from '@hifigan/backend-tensorflow';
import { findAddon, loadTensorflow } from '@hifigan/backend-tensorflow/node';
import * as tf from '@tensorflow/tfjs';

/** What an engine may be told when it is started. */
export interface ActivateOptions {
  /** Threads that share one operation; else all cores. */
  readonly threads?: number;
}

/** The backend `tensorflow` as the command line takes it. */
export const tensorflowBackend = {
  name: 'tensorflow',
  description: 'native TensorFlow, on a CPU or a GPU',

  /** Whether `setup` has been run. Loads nothing. */
  async available(): Promise<{ readonly ok: boolean; readonly reason?: string }> {
    const found = findAddon();
    return 'reason' in found
      ? { ok: false, reason: `${found.reason}; hifigan-gpu setup` }
      : { ok: true };
  },

  /** Loads the native library and makes it the backend of tfjs. @throws where it does not load */
  async activate({ threads }: ActivateOptions = {}): Promise<void> {
    const module = loadTensorflow({ from: import.meta.url, threads });
    if (module.findBackend('tensorflow') !== tf.findBackend('tensorflow')) {
      throw new Error(
        'tensorflowBackend: @tensorflow/tfjs-core must be installed once, because tensors of one copy ' +
          'are unknown to another; see: npm ls @tensorflow/tfjs-core',
      );
    }
    await tf.setBackend('tensorflow');
    registerTensorflowKernels(module);
  },
};
