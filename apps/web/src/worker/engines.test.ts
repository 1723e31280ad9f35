import '@tensorflow/tfjs-backend-cpu';
import { refuseSharedMemory } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it, vi } from 'vitest';
import { activateEngine, probeEngines } from './engines.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const WASM = 'hifigan-wasm';
const info = { vendor: 'v', architecture: 'a', device: '', description: '' };

function withAdapter(requestAdapter: () => Promise<unknown>) {
  vi.stubGlobal('navigator', { gpu: { requestAdapter }, hardwareConcurrency: 2 });
}

const webgpu = async () => (await probeEngines()).find(({ name }) => name === 'webgpu');

it.each([
  ['there is none', async () => null, 'no graphics processor'],
  ['it does not say what it is', async () => ({}), 'older than 2024'],
  ['asking fails', () => Promise.reject(new Error('blocked')), '(blocked)'],
  [
    'asking throws',
    () => {
      throw new Error('at once');
    },
    '(at once)',
  ],
])('WebGPU is missing where %s, and the others are found', async (_, request, missing) => {
  withAdapter(request as () => Promise<unknown>);
  const found = await probeEngines();
  expect(found.find(({ name }) => name === 'webgpu')?.missing).toContain(missing);
  expect(found.find(({ name }) => name === 'wasm')).toEqual({ name: 'wasm', title: 'WebAssembly' });
});

it('WebGPU is first, but for one that is a program on the processor', async () => {
  withAdapter(async () => ({ info }));
  expect((await probeEngines())[0]).toEqual({ name: 'webgpu', title: 'WebGPU' });
  withAdapter(async () => ({ info: { ...info, description: 'SwiftShader' } }));
  expect((await probeEngines()).at(-1)?.name).toBe('webgpu');
  expect(await webgpu()).toEqual({ name: 'webgpu', title: 'WebGPU (slow here)' });
});

it('an engine that is chosen again stays; another one takes its place', async () => {
  const detail = await activateEngine('wasm', () => undefined);
  const backend = tf.findBackend(WASM);
  expect([tf.getBackend(), detail]).toEqual([WASM, expect.stringMatching(/1 thread$/)]);
  expect(await activateEngine('wasm', () => undefined)).toBe(detail);
  expect(tf.findBackend(WASM)).toBe(backend);

  await activateEngine('cpu', () => undefined);
  expect(tf.findBackend(WASM)).toBeNull();
  expect(tf.getBackend()).toBe('cpu');

  // The same backend with other threads is another engine.
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  expect(await activateEngine('wasm', () => undefined)).toBe(detail);
  expect(await activateEngine('wasm-threads', () => undefined)).toMatch(/2 threads$/);
  tf.removeBackend(WASM);
});

it('what an engine told when it began is told of each voice', async () => {
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('navigator', { hardwareConcurrency: 2 });
  refuseSharedMemory();
  await activateEngine('cpu', () => undefined);
  for (const _ of ['first', 'second']) {
    const told: string[] = [];
    await activateEngine('wasm-threads', (notice) => told.push(notice));
    expect(told).toEqual([expect.stringContaining('it goes on with one thread')]);
  }
  tf.removeBackend(WASM);
});
