import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  findWholeAddon,
  LIBRARIES,
  missingTensorflow,
  OWN_OPS,
  PROCESS,
  recordPath,
} from '@hifigan/backend-tensorflow/node';
import { main } from '@hifigan/cli';
import { requireNative, sourceArguments } from '@hifigan/testkit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tensorflowBackend } from './tensorflow-backend.js';

let cache = '';
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'hifigan-gpu-'));
  vi.stubEnv('HIFIGAN_CACHE', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true, force: true });
});

/** `doctor --json` on that backend and our own. */
async function doctor(...argv: string[]) {
  let stdout = '';
  const code = await main(['doctor', ...argv, '--json'], {
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
  const report = JSON.parse(stdout);
  const findings = Object.fromEntries(
    report.backends[0].findings.map(({ name, ...rest }: { name: string }) => [name, rest]),
  );
  return { code, report, tensorflow: report.backends[0], findings };
}

it('without an addon, doctor tells where it looked, what to do, and what is taken instead', async () => {
  const { code, report, tensorflow, findings } = await doctor();
  expect(code).toBe(0);
  expect(report.backend).toBe('wasm');
  expect(tensorflow).toMatchObject({
    ...{ name: 'tensorflow', ok: false, starts: false },
    why: expect.stringContaining('build it: hifigan-gpu setup'),
  });
  expect(findings.addon).toMatchObject({ ok: false, todo: 'build it: hifigan-gpu setup' });
  expect(findings.addon.found).toContain(cache);
  expect(findings.cache.found).toMatch(/, \d+\.\d GB free$/);
  expect(readdirSync(cache)).toEqual([]);
  expect((await doctor('--backend', 'tensorflow')).code).toBe(1);
});

it('a cache that cannot be written is told before setup runs into it', async () => {
  const file = join(cache, 'file');
  writeFileSync(file, '');
  vi.stubEnv('HIFIGAN_CACHE', join(file, 'cache'));
  const { code, findings } = await doctor();
  expect(code).toBe(0);
  expect(findings.cache).toMatchObject({
    ...{ ok: false, optional: true },
    found: expect.stringContaining(join(file, 'cache')),
    why: expect.stringMatching(/cannot be written, because .*file is a file, where a folder must/),
    todo: expect.stringContaining('HIFIGAN_CACHE'),
  });
});

/** The header of a library of nothing: it seems whole, and the system refuses to load it. */
const UNLOADABLE = Uint8Array.from({ length: 64 }, (_, at) => [127, 69, 76, 70, 2, 1, 1][at] ?? 0);

/** A cache all of whose files have these bytes. @returns where the addon lies */
function makeCache(bytes: string | Uint8Array): string {
  const [folder, tensorflow] = [join(cache, 'addon', 'x'), join(cache, 'tensorflow')];
  for (const each of [folder, tensorflow]) mkdirSync(each, { recursive: true });
  const addon = join(folder, 'tfjs_binding.node');
  for (const path of [addon, ...LIBRARIES.map((name) => join(tensorflow, name))]) {
    writeFileSync(path, bytes);
  }
  const record = {
    ...{ version: 1, addon, tfjs: '4.22.0' },
    tensorflow: { folder: tensorflow, version: '2.21.0', kind: 'cpu' },
  };
  writeFileSync(recordPath(cache), JSON.stringify(record));
  return addon;
}

describe.runIf(process.platform === 'linux')('damaged files', () => {
  const anew = 'build it anew: hifigan-gpu setup --force';

  it('are not loaded: doctor names them and goes on to the next backend', async () => {
    const addon = makeCache('no library');
    const { code, report, tensorflow, findings } = await doctor();
    expect(code).toBe(0);
    expect(report).toMatchObject({ ok: true, backend: 'wasm' });
    const reason = `${addon} is no native library`;
    expect(tensorflow).toMatchObject({ starts: false, why: `${reason}; ${anew}` });
    expect(findings.addon).toEqual({ ok: false, found: reason, todo: anew });
    const wanted = await doctor('--backend', 'tensorflow');
    expect(wanted).toMatchObject({ code: 1, report: { ok: false, backend: 'tensorflow' } });
  });

  it('of the TensorFlow folder are told as such', async () => {
    makeCache(UNLOADABLE);
    const library = join(cache, 'tensorflow', LIBRARIES[0]);
    rmSync(library);
    const { code, findings } = await doctor();
    expect(code).toBe(0);
    expect(findings.addon).toEqual({
      ...{ ok: false, found: `${library} is missing` },
      todo: 'fetch it anew: hifigan-gpu setup --cpu --force',
    });
  });

  it.each(['tfjs_binding.node', PROCESS])('that the system refuses are named: %s', async (name) => {
    const path = join(dirname(makeCache(UNLOADABLE)), name);
    writeFileSync(path, UNLOADABLE);
    const { code, report, tensorflow, findings } = await doctor();
    expect(code).toBe(0);
    expect(report).toMatchObject({ ok: true, backend: 'wasm' });
    expect(tensorflow).toMatchObject({ ok: false, starts: false });
    expect(tensorflow.why).toMatch(/^it does not start: loadTensorflow: /);
    expect(tensorflow.why).toContain(`${path} does not load: `);
    expect(tensorflow.why).toContain(anew);
    expect(findings.addon).toMatchObject({ ok: false, why: expect.any(String) });
    expect((await doctor('--backend', 'tensorflow')).code).toBe(1);
  });
});

/** Of the cache that the user has. */
const native = requireNative('the native TensorFlow addon', missingTensorflow);
const real = findWholeAddon();

describe.skipIf(!native.available)('our own ops beside a real addon', () => {
  /** Runs `doctor` in a process of its own, as a library stays loaded, on a cache whose own ops are changed. */
  function doctorWithout(change: (ownOps: string) => void, ...argv: string[]) {
    if ('reason' in real) throw new Error(real.reason);
    const folder = join(cache, 'addon');
    cpSync(dirname(real.addon), folder, { recursive: true });
    const addon = join(folder, 'tfjs_binding.node');
    writeFileSync(recordPath(cache), JSON.stringify({ ...real, addon }));
    change(join(folder, OWN_OPS));
    const main = new URL('./main.ts', import.meta.url).href;
    const script = `import { main } from '${main}'; process.exitCode = await main(process.argv.slice(1));`;
    const { status, stdout } = spawnSync(
      process.execPath,
      [...sourceArguments(), '--input-type=module', '-e', script, 'doctor', ...argv, '--json'],
      { encoding: 'utf8', env: { ...process.env, HIFIGAN_CACHE: cache } },
    );
    const [tensorflow] = JSON.parse(stdout).backends;
    const ownOps = tensorflow.findings.find(({ name }: { name: string }) => name === 'own ops');
    return { status, tensorflow, ownOps, folder };
  }

  it('that are missing: it computes rightly without, and doctor says what that costs', () => {
    const { status, tensorflow, ownOps, folder } = doctorWithout(rmSync, '--backend', 'tensorflow');
    expect(status).toBe(0);
    expect(tensorflow).toMatchObject({ ok: true, check: { ok: true } });
    expect(ownOps).toMatchObject({
      ...{ ok: false, optional: true, found: `not built (${OWN_OPS} is not in ${folder})` },
      ...{ why: expect.any(String), todo: 'hifigan-gpu setup --force' },
    });
  });

  it('that do not load: doctor names that file, not the addon', () => {
    const spoil = (path: string) => writeFileSync(path, UNLOADABLE);
    const { status, tensorflow, folder } = doctorWithout(spoil, '--backend', 'tensorflow');
    expect(status).toBe(1);
    expect(tensorflow).toMatchObject({ ok: false, starts: false });
    expect(tensorflow.why).toContain(`loadTensorflow: ${join(folder, OWN_OPS)} does not load: `);
    expect(tensorflow.why).toContain('setup --force');
  });
});
