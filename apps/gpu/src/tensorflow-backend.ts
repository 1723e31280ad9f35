import { activateTensorflow, missingTensorflow } from '@hifigan/backend-tensorflow/node';
import type { Backend } from '@hifigan/cli';

/** The backend `tensorflow` as the command line takes it. */
export const tensorflowBackend: Backend = {
  name: 'tensorflow',
  description: 'native TensorFlow, on a CPU or a GPU',

  /** Whether `setup` has been run. Loads nothing. */
  async available() {
    const reason = missingTensorflow();
    return reason === undefined ? { ok: true } : { ok: false, reason };
  },

  async activate({ threads }) {
    await activateTensorflow({ from: import.meta.url, threads });
  },

  async device() {
    // Active already: this only asks.
    const { device } = await activateTensorflow({ from: import.meta.url });
    return `native TensorFlow, on ${device === 'gpu' ? 'a GPU' : 'the CPU'}`;
  },
};
