import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { missingAdapter } from './index.js';
import { adapterProbe } from './missing-adapter.js';

const folder = mkdtempSync(join(tmpdir(), 'a dawn '));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A package `webgpu` of its own, installed in a project. @returns a file of that project */
function dawnThat(name: string, create: string): string {
  const place = join(folder, name, 'node_modules/webgpu');
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'package.json'),
    '{"name":"webgpu","type":"module","exports":"./index.js"}',
  );
  writeFileSync(join(place, 'index.js'), `export const globals = {};\n${create}`);
  return join(folder, name, 'index.js');
}

it('lacks nothing where there is an adapter', async () => {
  const from = [
    dawnThat(
      'there',
      `export const create = () => ({
        requestAdapter: async ({ powerPreference }) => (powerPreference === 'high-performance' ? {} : null),
      });`,
    ),
  ];
  expect(await missingAdapter({ from })).toBeUndefined();
});

it('says what Dawn writes where there is none, once, and nothing of it to the terminal', async () => {
  const from = [
    dawnThat(
      'none',
      `export const create = () => ({
        async requestAdapter() {
          console.error('Warning: Vulkan things required.\\n - While initializing adapter\\n    at Here');
          console.error('Warning: Vulkan things required.');
          console.error(process.env.XDG_RUNTIME_DIR ? '' : 'error: XDG_RUNTIME_DIR is not set');
          console.error(process.env.ELECTRON_RUN_AS_NODE ? '' : 'error: Electron starts an application');
          return null;
        },
      });`,
    ),
  ];
  expect(await missingAdapter({ from })).toMatch(
    /^WebGPU is there but gives no adapter: .*\(libvulkan1 and the driver of the GPU\); Dawn says: Warning: Vulkan things required$/,
  );
});

it.each([
  [
    'ends the process',
    "export const create = () => process.kill(process.pid, 'SIGSEGV');",
    'SIGSEGV',
  ],
  [
    'writes without end',
    `export const create = () => ({
      requestAdapter: () => new Promise(() => process.stderr.write('x'.repeat(2 ** 21))),
    });`,
    'it writes more than 1048576 bytes',
  ],
  ['throws', "export const create = () => { throw new Error('no such symbol'); };", '1'],
])('says so where it %s', async (name, create, how) => {
  const said = await missingAdapter({ from: [dawnThat(name, create)] });
  expect(said).toContain(`Dawn does not start (${how}): look for a newer driver`);
  if (how === '1') expect(said).toMatch(/Dawn says: Error: no such symbol/);
});

it('ends by itself where a driver holds it up and nobody waits any more', async () => {
  const project = dawnThat(
    'hangs',
    'export const create = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);',
  );
  const file = join(dirname(project), 'node_modules/webgpu/index.js');
  const { argv, env } = adapterProbe(file, 1);
  const [code, signal] = await once(
    spawn(process.execPath, argv, { env, stdio: 'ignore' }),
    'exit',
  );
  expect([code, signal]).toEqual([null, 'SIGKILL']);
});
