import { kernelSuite } from '@hifigan/kernel-suite';
import { requireWebGpu } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe } from 'vitest';
import { registerWebGpuBackend } from './index.js';
import { provideWebGpu } from './node/index.js';

const { available } = requireWebGpu();

describe.skipIf(!available)('kernels of @hifigan/ops in WGSL', () => {
  beforeAll(async () => {
    await provideWebGpu();
    const { name } = await registerWebGpuBackend();
    await tf.setBackend(name);
  });
  kernelSuite({ held: () => tf.backend().numDataIds() });
});
