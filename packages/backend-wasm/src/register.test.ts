import { refuseSharedMemory } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { BACKEND_NAME, registerWasmBackend } from './index.js';

// The first test is about the import alone.

afterEach(() => {
  vi.restoreAllMocks();
  if (tf.findBackend(BACKEND_NAME)) tf.removeBackend(BACKEND_NAME);
});

it('nothing happens at import', () => {
  expect(tf.engine().registryFactory).toEqual({});
  expect(tf.getKernelsForBackend(BACKEND_NAME)).toEqual([]);
});

it.each([
  [{ threads: 0 }, 'threads=0 must be a whole number from 1 on'],
  [{ threads: 1.5 }, 'threads=1.5 must'],
])('refuses %j', async (options, message) => {
  await expect(registerWasmBackend(options)).rejects.toThrow(message);
  expect(tf.getKernelsForBackend(BACKEND_NAME)).toEqual([]);
});

it('registers once, whoever asks and how often', async () => {
  const [first, second] = await Promise.all([
    registerWasmBackend({ threads: 2, build: 'simd-threads' }),
    registerWasmBackend(),
  ]);
  expect(first).toEqual({ name: BACKEND_NAME, threads: 2, build: 'simd-threads' });
  expect([second, await registerWasmBackend({ threads: 1 })]).toEqual([first, first]);
  // Where nobody chooses, it goes before the plain one.
  await tf.ready();
  expect(tf.getBackend()).toBe(BACKEND_NAME);
});

it('goes on with one thread where the host gives no shared memory, and says so', async () => {
  refuseSharedMemory();
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const { threads, build } = await registerWasmBackend({ threads: 2, onWarning });
  expect([threads, build]).toEqual([1, 'relaxed']);
  expect(warnings).toEqual([
    'hifigan-wasm: no shared memory: RangeError: out of memory; it goes on with one thread',
  ]);
});
