import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backends/backend.js';
import { quietTensors } from '../backends/quiet-tensors.js';

/** A backend like a bad driver: plain JavaScript whose tanh is a little too loud. */
export const badBackend: Backend = {
  name: 'bad',
  description: 'computes wrongly, for tests',
  available: async () => ({ ok: true }),
  async activate() {
    await quietTensors();
    if (!tf.findBackend('bad')) {
      tf.registerBackend('bad', () => new MathBackendCPU());
      tf.copyRegisteredKernels('cpu', 'bad');
      const right = tf.getKernel('Tanh', 'bad');
      if (!right) throw new Error('bad backend: there is no tanh to spoil');
      tf.unregisterKernel('Tanh', 'bad');
      tf.registerKernel({
        ...right,
        kernelFunc: (call) => {
          const result = right.kernelFunc(call) as tf.TensorInfo;
          const values = (call.backend as MathBackendCPU).readSync(result.dataId) as Float32Array;
          for (let i = 0; i < values.length; i++) values[i] *= 1.25;
          return result;
        },
      });
    }
    await tf.setBackend('bad');
  },
};
