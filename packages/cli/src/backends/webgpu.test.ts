import { writeNpy } from '@hifigan/checkpoint';
import { expect, test, vi } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { chooseBackend } from './choose.js';
import { webgpuBackend } from './webgpu.js';

const dawn = vi.hoisted(() => ({ missing: undefined as string | undefined, software: true }));

// Real ones compute in @hifigan/backend-webgpu's tests; here it is what is told of them.
vi.mock('@hifigan/backend-webgpu/node', () => ({
  findDawn: () => (dawn.missing ? undefined : '/project/node_modules/webgpu/index.js'),
  missingAdapter: async () => dawn.missing,
  provideWebGpu: async () => undefined,
  releaseWebGpu: () => undefined,
}));
vi.mock('@hifigan/backend-webgpu', () => ({
  findAdapter: async () => ({ info: {} }),
  describeAdapter: () => 'SwiftShader (google)',
  isSoftwareAdapter: () => dawn.software,
  registerWebGpuBackend: async () => ({
    ...{ name: 'cpu', adapter: 'SwiftShader (google)', software: dawn.software },
    largestTensor: 2 ** 30,
  }),
}));

test('is refused with what to do where Dawn is not installed', async () => {
  dawn.missing = 'the npm package webgpu (Dawn) is not installed; npm install webgpu';
  const run = await runMain(['synth', '-', '-o', '-', '--backend', 'webgpu'], {
    input: new Uint8Array(),
  });
  expect(run.code).toBe(1);
  expect(run.stderr).toContain('--backend webgpu: cannot run here: webgpu: the npm package webgpu');
  expect(await webgpuBackend.inspect?.({ active: false })).toEqual([]);
  dawn.missing = undefined;
});

test('says that a program on the processor is no GPU', async () => {
  expect(await webgpuBackend.available()).toEqual({
    ok: true,
    slow: expect.stringMatching(/^SwiftShader .*program on the processor/),
  });
  const told: string[] = [];
  await webgpuBackend.activate({ onWarning: (text) => told.push(text) });
  expect(told).toEqual([expect.stringMatching(/SwiftShader.*--backend wasm is faster/)]);
  const findings = await webgpuBackend.inspect?.({ active: true });
  expect(findings?.map(({ name, ok }) => [name, ok])).toEqual([
    ['library', true],
    ['adapter', false],
    ['largest array', true],
  ]);
  expect(findings?.[1]).toMatchObject({ optional: true, todo: expect.stringContaining('driver') });
  expect(await webgpuBackend.device?.()).toBe('SwiftShader (google)');
});

test('says nothing of a GPU', async () => {
  dawn.software = false;
  expect(await webgpuBackend.available()).toEqual({ ok: true });
  const onWarning = vi.fn();
  await webgpuBackend.activate({ onWarning });
  expect(onWarning).not.toHaveBeenCalled();
  const findings = await webgpuBackend.inspect?.({ active: true });
  expect(findings?.every(({ ok }) => ok)).toBe(true);
});

test.each([true, false])('auto never comes to it: software adapter %s', async (software) => {
  dawn.software = software;
  const unavailable = (name: string) => ({
    ...{ name, description: '', activate: () => Promise.reject(new Error(`${name} is broken`)) },
    available: async () => ({ ok: false, reason: 'no memory' }),
  });
  await expect(
    chooseBackend([unavailable('wasm'), webgpuBackend, unavailable('cpu')], 'auto'),
  ).rejects.toThrow(
    /--backend auto: cannot run here: wasm: no memory; cpu: no memory; --backend webgpu was not tried/,
  );
  expect((await chooseBackend([webgpuBackend], 'webgpu')).backend).toBe(webgpuBackend);
  // Nor where the others are there and do not start.
  const backends = ['wasm', 'cpu'].map((name) => ({
    ...unavailable(name),
    available: async () => ({ ok: true }),
  }));
  const run = await runMain(['synth', '-', '-o', '-'], {
    ...{ backends, input: writeNpy({ shape: [80, 1], data: new Float32Array(80).fill(-5) }) },
  });
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/cpu is broken.*none is left that starts; --backend webgpu was not/s);
});
