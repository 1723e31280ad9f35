import { kernelSuite } from '@hifigan/kernel-suite';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe } from 'vitest';
import { registerWasmBackend } from './index.js';

describe('kernels of @hifigan/ops, convolutions by Winograd’s arithmetic', () => {
  beforeAll(async () => {
    const { name } = await registerWasmBackend({ threads: 2 });
    await tf.setBackend(name);
  });
  kernelSuite({
    // Of the largest sum; tanh of sums up to 60 has as much of it where it is steep.
    bounds: { convolution: 1e-5, tanh: 6e-4 },
  });
});
