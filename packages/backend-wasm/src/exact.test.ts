import { kernelSuite } from '@hifigan/kernel-suite';
import { CONV1D, CONV1D_BACKPROP_FILTER, CONV1D_TRANSPOSE } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe } from 'vitest';
import { registerWasmBackend } from './index.js';

describe('convolutions tap by tap, as exact as float32 allows', () => {
  beforeAll(async () => {
    const { name } = await registerWasmBackend({ threads: 2, exact: true });
    await tf.setBackend(name);
  });
  kernelSuite({ kernels: [CONV1D, CONV1D_BACKPROP_FILTER, CONV1D_TRANSPOSE] });
});
