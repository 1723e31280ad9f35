import type { Backend } from './backend.js';
import { quietTensors } from './quiet-tensors.js';

/** Plain JavaScript: slow, but it has every operation. */
export const cpuBackend: Backend = {
  name: 'cpu',
  description: 'plain JavaScript, slow, for checking',
  mostThreads: 1,

  async available() {
    return { ok: true };
  },

  async activate() {
    const tf = await quietTensors();
    await tf.setBackend('cpu');
  },

  async inspect() {
    return [{ name: 'threads', ok: true, found: '1, whatever --threads says' }];
  },
};
