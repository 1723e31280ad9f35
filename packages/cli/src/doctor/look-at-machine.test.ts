import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from '../context.js';
import { createConsole } from '../terminal/console.js';
import { inFolder } from '../testing/run-main.js';
import { lookAtMachine, type Machine, thisMachine } from './look-at-machine.js';

const GOOD: Machine = {
  node: '22.3.0',
  longSupport: 'Jod',
  system: 'linux x64',
  processors: 4,
  memory: 16e9,
  freeSpace: async () => 1e11,
  installed: () => '1.2.3',
};

const silent = { write: () => undefined };

/** What is found of a machine that differs, by name. */
async function found(changes: Partial<Machine> = {}, env: Context['env'] = {}, isTTY = false) {
  const console = createConsole({
    stdout: silent,
    stderr: { ...silent, isTTY, columns: 100 },
    env,
    json: false,
  });
  const context = { console, cwd: '/here', env } as Context;
  const findings = await lookAtMachine(context, { ...GOOD, ...changes });
  return Object.fromEntries(findings.map(({ name, ...rest }) => [name, rest]));
}

test('a machine on which all is well', async () => {
  expect(await found()).toEqual({
    Node: { ok: true, found: '22.3.0 (long support: Jod), 20 or later is supported' },
    machine: { ok: true, found: 'linux x64, 4 processors, 16.0 GB of memory' },
    disk: { ok: true, found: '100 GB free for /here' },
    terminal: { ok: true, found: 'none on stderr: no colours, nothing moves' },
    'onnxruntime-node': { ok: true, found: '1.2.3' },
  });
});

test('what is missing, with why and what to do', async () => {
  const findings = await found({
    ...{ node: '18.20.4', longSupport: 'Hydrogen', memory: 1e9 },
    ...{ freeSpace: async () => 1e8, installed: () => undefined },
  });
  const { terminal: _, ...rest } = findings;
  for (const finding of Object.values(rest)) {
    expect(finding).toMatchObject({
      ...{ ok: false, why: expect.any(String), todo: expect.any(String) },
    });
  }
  expect(findings.Node).toMatchObject({ todo: expect.stringContaining('https://nodejs.org') });
  expect(findings.Node).not.toHaveProperty('optional');
  expect(findings.disk).toMatchObject({ optional: true, found: '100 MB free for /here' });
  expect(findings['onnxruntime-node']).toMatchObject({ optional: true, found: 'not installed' });
  const unknown = await found({ freeSpace: async () => undefined, node: '20.0.0' });
  expect(unknown.disk).toEqual({ ok: true, found: 'the system does not say' });
  expect(unknown.Node.ok).toBe(true);
});

test('the terminal as it is used', async () => {
  expect((await found({}, {}, true)).terminal.found).toBe('100 columns, colours, bars move');
  expect((await found({}, { NO_COLOR: '1' }, true)).terminal.found).toBe(
    '100 columns, no colours (NO_COLOR), bars move',
  );
  expect((await found({}, { TERM: 'dumb' }, true)).terminal.found).toMatch(/^dumb \(TERM\)/);
});

test('this machine says what it has', () =>
  inFolder(async (folder) => {
    expect(thisMachine.installed('hifigan-no-such-package', folder)).toBeUndefined();
    const own = join(folder, 'node_modules', 'some-package');
    await mkdir(own, { recursive: true });
    await writeFile(join(own, 'package.json'), JSON.stringify({ version: '7.0.1' }));
    expect(thisMachine.installed('some-package', folder)).toBe('7.0.1');
    const here = await thisMachine.freeSpace(folder);
    expect(here).toBeGreaterThan(0);
    // For a folder that does not exist yet, its disk is asked.
    const there = (await thisMachine.freeSpace(join(folder, 'not', 'yet'))) as number;
    expect(Math.abs(there - (here as number))).toBeLessThan(1e9);
    expect(thisMachine.processors).toBeGreaterThan(0);
  }));
