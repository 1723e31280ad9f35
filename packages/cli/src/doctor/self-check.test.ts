import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test } from 'vitest';
import { cpuBackend } from '../backends/cpu.js';
import { wasmBackend } from '../backends/wasm.js';
import { byDefinition, selfCheck } from './self-check.js';

afterEach(() => {
  if (tf.findBackendFactory('wrong')) tf.removeBackend('wrong');
  for (const { kernelName } of tf.getKernelsForBackend('wrong')) {
    tf.unregisterKernel(kernelName, 'wrong');
  }
});

test.each([cpuBackend, wasmBackend])('$name computes as the definition says', async (backend) => {
  await backend.activate({});
  const tensors = tf.memory().numTensors;
  const { ok, maxError } = await selfCheck();
  expect(ok).toBe(true);
  // Never the same: float32 against 64 bits.
  expect(maxError).toBeGreaterThan(0);
  expect(maxError).toBeLessThan(1e-5);
  expect(tf.memory().numTensors).toBe(tensors);
});

test('the definition has the length of the layers, and depends on every part of them', () => {
  const values = byDefinition();
  expect(values).toHaveLength((36 * 2 + 3) * 8);
  expect(values.every((value) => value !== 0 && Number.isFinite(value))).toBe(true);
});

/** Plain JavaScript whose kernel of that name gives another result. */
async function spoil(kernel: string, change: (value: number) => number): Promise<void> {
  await cpuBackend.activate({});
  tf.copyRegisteredKernels('cpu', 'wrong');
  const { kernelFunc } = tf.getKernel(kernel, 'cpu');
  tf.unregisterKernel(kernel, 'wrong');
  tf.registerKernel({
    kernelName: kernel,
    backendName: 'wrong',
    kernelFunc: (call) => {
      const output = kernelFunc(call) as tf.TensorInfo;
      const backend = call.backend as MathBackendCPU;
      const values = backend.data.get(output.dataId).values as Float32Array;
      for (let i = 0; i < values.length; i++) values[i] = change(values[i]);
      return output;
    },
  });
  tf.registerBackend('wrong', () => new MathBackendCPU());
  await tf.setBackend('wrong');
}

test.each([
  ['one in a hundred too large', (value: number) => value * 1.01],
  ['nothing', () => 0],
  ['not a number', () => Number.NaN],
])('a backend whose convolution is wrong is found out: %s', async (_, change) => {
  await spoil('FusedConv2D', change);
  const { ok, maxError, tolerance } = await selfCheck();
  expect(ok).toBe(false);
  expect(maxError).not.toBeLessThanOrEqual(tolerance);
});
