import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '@hifigan/cli';
import { afterEach, expect, it, vi } from 'vitest';
import { tensorflowBackend } from './tensorflow-backend.js';

afterEach(() => vi.unstubAllEnvs());

it('without an addon, doctor tells where it looked, what to do, and what is taken instead', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'hifigan-gpu-'));
  vi.stubEnv('HIFIGAN_CACHE', cache);
  let stdout = '';
  const doctor = (...argv: string[]) => {
    stdout = '';
    return main(['doctor', ...argv, '--json'], {
      backends: [tensorflowBackend],
      stdout: {
        write: (text, done) => {
          stdout += text;
          done?.();
        },
      },
      stderr: { write: () => undefined },
      env: {},
    });
  };
  try {
    expect(await doctor()).toBe(0);
    const { backend, backends } = JSON.parse(stdout);
    expect(backend).toBe('wasm');
    expect(backends[0]).toMatchObject({
      ...{ name: 'tensorflow', ok: false, starts: false },
      why: expect.stringContaining('build it: hifigan-gpu setup'),
    });
    const [addon, , folder] = backends[0].findings;
    expect(addon).toMatchObject({ name: 'addon', ok: false, todo: expect.any(String) });
    expect(addon.found).toContain(cache);
    expect(folder.found).toMatch(/, \d+\.\d GB free$/);
    expect(await doctor('--backend', 'tensorflow')).toBe(1);
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
