import { writeNpy } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test, vi } from 'vitest';
import { runMain } from '../testing/run-main.js';
import { wasmBackend } from './wasm.js';

const registered = vi.hoisted(() => [] as { onWarning?: (message: string) => void }[]);

vi.mock('@hifigan/backend-wasm', async (original) => {
  const real = await original<typeof import('@hifigan/backend-wasm')>();
  return {
    ...real,
    registerWasmBackend: (options: object = {}) => {
      registered.push(options);
      return real.registerWasmBackend(options);
    },
  };
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** What the generator alone speaks of a mel. */
async function spoken(backend: string, mel: Uint8Array): Promise<Float32Array> {
  const run = await runMain(
    ['synth', '-', '-o', '-', '--refine', '0', '--format', 'float32', '--backend', backend],
    { input: mel },
  );
  expect(run.stderr).toContain(`on ${backend}`);
  expect(run.code).toBe(0);
  const data = Buffer.from(run.bytes).indexOf('data') + 8;
  return new Float32Array(Uint8Array.from(run.bytes.subarray(data)).buffer);
}

test('the packaged voice is the same on WebAssembly as in plain JavaScript', async () => {
  const frames = 12;
  // A vowel of sorts: a peak that wanders through the bands.
  const values = Float32Array.from({ length: 80 * frames }, (_, i) => {
    const [band, frame] = [Math.floor(i / frames), i % frames];
    return -8 + 7 * Math.exp(-(((band - 15 - frame) / 6) ** 2));
  });
  const mel = writeNpy({ shape: [80, frames], data: values });
  const [ours, plain] = [await spoken('wasm', mel), await spoken('cpu', mel)];
  expect(plain.length).toBe(frames * 256);
  expect(Math.max(...plain.map(Math.abs))).toBeGreaterThan(0.01);
  // Winograd's arithmetic against the plain sum, real weights.
  expectClose(ours, plain, { max: 1e-4 });
}, 120_000);

test('each command of a process gets the threads that it asks for, and its warnings', async () => {
  const threadsOf = async () => (await wasmBackend.inspect?.({ active: true }))?.[1].found;
  const told: string[] = [];
  await wasmBackend.activate({ threads: 1 });
  expect(await threadsOf()).toMatch(/^1 of /);
  await wasmBackend.activate({ threads: 2, onWarning: (text) => told.push(`first: ${text}`) });
  expect(await threadsOf()).toMatch(/^2 of /);
  const backend = tf.backend();
  const { onWarning } = registered[registered.length - 2];
  onWarning?.('a');
  await wasmBackend.activate({ threads: 2, onWarning: (text) => told.push(`second: ${text}`) });
  expect(tf.backend()).toBe(backend);
  onWarning?.('b');
  expect(told).toEqual(['first: a', 'second: b']);
});

test('says where it cannot run, and what to do', async () => {
  expect(await wasmBackend.available()).toEqual({ ok: true });
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  expect(await wasmBackend.available()).toEqual({
    ok: false,
    reason: expect.stringMatching(/no WebAssembly SIMD.*--backend cpu$/),
  });
  vi.stubGlobal('WebAssembly', undefined);
  expect(await wasmBackend.available()).toEqual({
    ok: false,
    reason: expect.stringMatching(/no WebAssembly .*--backend cpu$/),
  });
});
