import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import type { Backend } from '../backends/backend.js';
import { cpuBackend } from '../backends/cpu.js';
import { runMain } from '../testing/run-main.js';

/** A backend of a host, which computes in plain JavaScript. */
const native: Backend = {
  name: 'native',
  description: 'on this or that',
  available: async () => ({ ok: true }),
  activate: (options) => cpuBackend.activate(options),
  inspect: async ({ active }) => [
    { name: 'library', ok: true, found: `1.0, ${active ? 'loaded' : 'not loaded'}` },
    { name: 'driver', ok: false, found: 'old', why: 'it is slow', todo: 'get a new one' },
  ],
};
const absent: Backend = {
  ...native,
  available: async () => ({ ok: false, reason: 'no driver; install one' }),
};
const broken: Backend = {
  ...native,
  activate: () => Promise.reject(new Error('no library')),
};
/** It starts, but there is nothing to compute with. */
const wrong: Backend = {
  ...native,
  async activate() {
    await cpuBackend.activate({});
    tf.registerBackend('empty', () => tf.findBackend('cpu'));
    await tf.setBackend('empty');
  },
};

async function doctor(backends: readonly Backend[], ...argv: string[]) {
  const run = await runMain(['doctor', ...argv, '--json'], { backends });
  // One object on one line.
  expect(run.stdout.match(/\n/g)).toHaveLength(1);
  const report = JSON.parse(run.stdout);
  const first = report.backends[0];
  return { ...run, report, first };
}

describe('hifigan doctor', () => {
  test('tries every backend, has each tell of itself, and ends well where the default works', async () => {
    const { code, report, stderr } = await doctor([native]);
    expect(code).toBe(0);
    expect(stderr).toBe('tries native\ntries wasm\ntries cpu\ntries webgpu\n');
    expect(report).toMatchObject({ ok: true, backend: 'native', version: expect.any(String) });
    expect(report.machine.map(({ name }: { name: string }) => name)).toEqual([
      ...['Node', 'machine', 'disk', 'terminal', 'onnxruntime-node'],
    ]);
    // Whether WebGPU is there is the machine's.
    const everywhere = report.backends.slice(0, 3);
    for (const { name, ok, check } of everywhere) {
      expect({ name, ok, check }).toEqual({
        ...{ name, ok: true },
        check: { ok: true, maxError: expect.any(Number), tolerance: 0.005 },
      });
    }
    const findings = everywhere.map((one: { findings: object[] }) => one.findings);
    expect(findings).toMatchObject([
      [
        { name: 'library', found: '1.0, loaded' },
        { name: 'driver', todo: 'get a new one' },
      ],
      [{ name: 'build' }, { name: 'threads' }, { name: 'memory' }],
      [{ name: 'threads' }],
    ]);
  });

  test('what does not work, why, and what is taken then', async () => {
    const missing = await doctor([absent]);
    expect(missing.first).toMatchObject({
      ...{ ok: false, starts: false, why: 'no driver; install one' },
      findings: [{ found: '1.0, not loaded' }, {}],
    });
    expect(missing.first).not.toHaveProperty('check');
    expect(missing).toMatchObject({ code: 0, report: { ok: true, backend: 'wasm' } });
    expect((await doctor([broken])).first).toMatchObject({
      ...{ ok: false, why: 'it does not start: no library' },
      todo: 'take another with --backend',
    });
  });

  test('ends with 1 where the one that is taken does not work', async () => {
    for (const backend of [absent, broken]) {
      const { code, report } = await doctor([backend], '--backend', 'native');
      expect(code).toBe(1);
      expect(report).toMatchObject({ ok: false, backend: 'native' });
    }
    // It starts, so `auto` would take it.
    const { code, report, first } = await doctor([wrong]);
    expect(code).toBe(1);
    expect(report).toMatchObject({ ok: false, backend: 'native' });
    expect(first).toMatchObject({
      ...{ ok: false, starts: true, why: expect.stringMatching(/^it does not compute: /) },
      todo: expect.stringContaining('report this'),
    });
    expect((await doctor([wrong], '--backend', 'cpu')).code).toBe(0);
    tf.removeBackend('empty');
  });

  test('a backend that cannot tell of itself hides nothing', async () => {
    const inspect = () => Promise.reject(new Error('no words'));
    const { code, first } = await doctor([{ ...native, inspect }]);
    expect(code).toBe(0);
    expect(first).toMatchObject({
      ok: true,
      findings: [{ name: 'details', ok: false, found: 'no words' }],
    });
  });

  test('one thread: it works, and says what keeps it from more', async () => {
    for (const [argv, env] of [
      [['--threads', '1'], {}],
      [[], { HIFIGAN_THREADS: '1' }],
    ] as const) {
      const run = await runMain(['doctor', ...argv, '--json'], { env });
      const { ok, backends } = JSON.parse(run.stdout);
      expect([run.code, ok, backends[0].name]).toEqual([0, true, 'wasm']);
      const threads = backends[0].findings.find(({ name }: { name: string }) => name === 'threads');
      expect(threads.found).toMatch(/^1 of \d+ processors?$/);
      if (availableParallelism() === 1) continue;
      expect(threads).toMatchObject({
        ...{ ok: false, optional: true, why: 'one thread was asked for' },
        todo: 'leave --threads and HIFIGAN_THREADS out',
      });
    }
  });

  test('WebAssembly without SIMD: why, what to do, and what is taken instead', async () => {
    const validate = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    try {
      const { code, report, first } = await doctor([]);
      expect(code).toBe(0);
      expect(report).toMatchObject({ ok: true, backend: 'cpu' });
      expect(first).toMatchObject({
        ...{ name: 'wasm', ok: false, starts: false, findings: [] },
        why: expect.stringMatching(/no WebAssembly SIMD.*SSE4\.1.*--backend cpu$/),
      });
      const wanted = await doctor([], '--backend', 'wasm');
      expect(wanted).toMatchObject({ code: 1, report: { ok: false, backend: 'wasm' } });
    } finally {
      validate.mockRestore();
    }
  });

  test('in words: a line each with its verdict, why and what to do below', async () => {
    const run = await runMain(['doctor'], { backends: [absent], name: 'hifigan-native' });
    expect(run.code).toBe(0);
    const lines = run.stdout.split('\n');
    expect(lines[0]).toMatch(/^hifigan-native \d+\.\d+\.\d+$/);
    expect(lines[1]).toMatch(/^ok {2}Node +\d+\.\d+\.\d+/);
    const at = lines.indexOf('backends, as --backend auto prefers them');
    expect(lines.slice(at + 1, at + 7)).toEqual([
      expect.stringMatching(/^NOT native +on this or that$/),
      expect.stringMatching(/^ +no driver; install one$/),
      expect.stringMatching(/^ {2}ok {2}library +1\.0, not loaded$/),
      expect.stringMatching(/^ {2}NOT driver +old$/),
      expect.stringMatching(/^ +it is slow$/),
      expect.stringMatching(/^ +→ get a new one$/),
    ]);
    expect(run.stdout).toMatch(/^ {2}ok {2}self-check +convolutions differ .* by \d\.\de-\d$/m);
    expect(lines.at(-2)).toBe('--backend auto: wasm, which works');
    const bad = await runMain(['doctor', '--backend', 'native'], { backends: [broken] });
    expect(bad.code).toBe(1);
    expect(bad.stdout).toMatch(/^--backend native: native, which does not work; see above$/m);
  });

  test('unknown backends are wrong usage, Ctrl-C is heard', async () => {
    expect(await runMain(['doctor', '--backend', 'cuda'])).toMatchObject({ code: 2, stdout: '' });
    expect(await runMain(['doctor'], { signal: AbortSignal.abort() })).toMatchObject({
      ...{ code: 130, stdout: '' },
    });
  });
});
