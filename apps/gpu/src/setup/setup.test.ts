import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { findAddon } from '@hifigan/backend-tensorflow/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FakeMachine, fakeMachine, fakeWheel } from './fakes.js';
import { type SetupOptions, setup } from './setup.js';
import { SetupError } from './setup-error.js';

let machine: FakeMachine;
let log: string[];

beforeEach(() => {
  machine = fakeMachine();
  log = [];
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(machine.root, { recursive: true, force: true });
});

describe.skipIf(process.platform !== 'linux')('setup', () => {
  it('fetches, builds, tries and records', async () => {
    const report = await run({ kind: 'cpu' });
    expect(report.tensorflow).toMatchObject({ version: '2.21.0', kind: 'cpu' });
    expect(findAddon(machine.cache)).toMatchObject({ addon: report.addon });
    expect(readFileSync(report.addon, 'utf8')).toBe('built\n');
    const pip = machine.calls().find((call) => call.startsWith('python3 -m pip'));
    expect(pip).toContain('--no-deps');
    expect(pip).toMatch(/tensorflow(-cpu)?==2\.21\.0/);
    // Only headers and libraries are kept of the wheel.
    expect(readdirSync(report.tensorflow.folder).sort()).toEqual([
      'include',
      'libtensorflow_cc.so.2',
      'libtensorflow_framework.so.2',
    ]);
    expect(leftovers()).toEqual([]);
  });

  it('does nothing twice, and all again with force', async () => {
    await run({ kind: 'cpu' });
    const calls = machine.calls().length;
    await run({ kind: 'cpu' });
    expect(machine.calls().length).toBe(calls);
    await run({ kind: 'cpu', force: true });
    expect(machine.calls().length).toBeGreaterThan(calls);
    expect(findAddon(machine.cache)).toHaveProperty('addon');
  });

  it('goes on after an interruption in the middle of a stage', async () => {
    const abort = new AbortController();
    machine.program('c++', '[ "$1" = --version ] && exit 0\nexec sleep 60');
    const interrupted = run({ kind: 'cpu', signal: abort.signal });
    const failure = expect(interrupted).rejects.toMatchObject({ name: 'AbortError' });
    await vi.waitFor(() => expect(machine.calls().at(-1)).toMatch(/^c\+\+ .* -o /), 10_000);
    abort.abort();
    await failure;
    expect(leftovers()).toEqual([]);
    expect(findAddon(machine.cache)).toHaveProperty('reason');

    machine.program(
      'c++',
      '[ "$1" = --version ] && exit 0\nfor to; do :; done; echo built > "$to"',
    );
    await run({ kind: 'cpu' });
    const fetches = machine.calls().filter((call) => call.startsWith('python3 -m pip'));
    expect(fetches).toHaveLength(1);
    expect(findAddon(machine.cache)).toHaveProperty('addon');
  });

  it('goes on after a setup that was killed, and removes what that left', async () => {
    mkdirSync(join(machine.cache, 'partial-abc', 'tensorflow'), { recursive: true });
    writeFileSync(join(machine.cache, 'setup.lock'), lockOf(await deadProcess()));
    await run({ kind: 'cpu' });
    expect(leftovers()).toEqual([]);
  });

  it('says where no cache can be', async () => {
    const file = join(machine.root, 'file');
    writeFileSync(file, '');
    const failure = run({ cache: join(file, 'cache') });
    await expect(failure).rejects.toThrow(/file is a file, .*choose another place: HIFIGAN_CACHE/);
    await expect(failure).rejects.toBeInstanceOf(SetupError);
  });

  it('leaves a setup at work alone', async () => {
    writeFileSync(join(machine.cache, 'setup.lock'), lockOf(process.ppid));
    await expect(run({ kind: 'cpu' })).rejects.toThrow(
      new RegExp(`setup\\.lock is held by another setup \\(.*${process.ppid}\\); wait for it`),
    );
    expect(machine.calls()).toEqual([]);
    expect(existsSync(join(machine.cache, 'setup.lock'))).toBe(true);
  });

  it('keeps the addon that works where a new one does not', async () => {
    const { addon } = await run({ kind: 'cpu' });
    machine.program(
      'c++',
      '[ "$1" = --version ] && exit 0\necho "tfjs.cc:1: no such type" >&2; exit 1',
    );
    await expect(run({ kind: 'cpu', force: true })).rejects.toThrow(/no such type/);
    expect(findAddon(machine.cache)).toMatchObject({ addon });
    expect(existsSync(addon)).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  it('records nothing where the addon does not load', async () => {
    const tryAddon = () => Promise.reject(new Error('undefined symbol'));
    await expect(run({ kind: 'cpu', tryAddon })).rejects.toThrow('undefined symbol');
    expect(findAddon(machine.cache)).toHaveProperty('reason');
  });

  it('takes the TensorFlow of the active Python where it is recent enough', async () => {
    const folder = fakeWheel(join(machine.root, 'site-packages'), '2.18.0');
    machine.program('python3', `echo ${folder}`);
    expect((await run({})).tensorflow).toEqual({ folder, version: '2.18.0', kind: 'own' });
    expect(log.join('\n')).toContain('found TensorFlow 2.18.0 of the active Python');
  });

  it('fetches one where that is too old', async () => {
    const folder = fakeWheel(join(machine.root, 'site-packages'), '2.9.1');
    const wheel = join(machine.root, 'wheel');
    machine.program(
      'python3',
      `if [ "$1" = -c ]; then echo ${folder}; exit; fi\n` +
        `while [ $# -gt 0 ]; do [ "$1" = --target ] && cp -r ${wheel}/. "$2"; shift; done`,
    );
    expect((await run({})).tensorflow.version).toBe('2.21.0');
  });

  it('takes the one that is named', async () => {
    const folder = fakeWheel(join(machine.root, 'mine'));
    const expected = { folder, version: '2.21.0', kind: 'own' };
    expect((await run({ tensorflow: folder })).tensorflow).toEqual(expected);
    expect((await run({ tensorflow: join(machine.root, 'mine') })).tensorflow).toEqual(expected);
    expect(machine.calls().filter((call) => call.startsWith('python3'))).toEqual([]);
  });

  it('says what is wrong with the one that is named', async () => {
    const old = fakeWheel(join(machine.root, 'old'), '2.9.1');
    await expect(run({ tensorflow: old })).rejects.toThrow(
      /old.*version=2\.9\.1 must be 2\.16 or later.*leave the option out/,
    );
    const bare = fakeWheel(join(machine.root, 'bare'), '2.21.0', 'libtensorflow_cc.so.2');
    await expect(run({ tensorflow: bare })).rejects.toThrow(
      /bare.* must be the folder "tensorflow" of an installed wheel.*libtensorflow_cc\.so\.2/,
    );
    await expect(run({ tensorflow: '/nowhere' })).rejects.toThrow(/\/nowhere must be the folder/);
  });

  it('asks for a compiler', async () => {
    for (const name of ['c++', 'g++', 'clang++']) machine.program(name, 'exit 127');
    await expect(run({ kind: 'cpu' })).rejects.toThrow(
      /a C\+\+ compiler \(c\+\+, g\+\+, clang\+\+\) must be installed.*apt install g\+\+/,
    );
  });

  it('asks for Python', async () => {
    vi.stubEnv('PATH', join(machine.root, 'nothing'));
    await expect(run({ kind: 'cpu' })).rejects.toThrow(/python3 is not installed; install it/);
  });

  it("repeats pip's message", async () => {
    machine.program('python3', 'echo "No matching distribution found" >&2; exit 1');
    await expect(run({ kind: 'cpu' })).rejects.toThrow(/failed with code 1:\nNo matching dist/);
    expect(leftovers()).toEqual([]);
  });
});

function run(options: Partial<SetupOptions>) {
  const registration = { kernels: [], refused: [], device: 'cpu' } as const;
  return setup({
    cache: machine.cache,
    force: false,
    signal: new AbortController().signal,
    log: (message) => log.push(message),
    tryAddon: async () => registration,
    ...options,
  });
}

/** What a finished or failed setup must not leave. */
function leftovers(): string[] {
  return readdirSync(machine.cache).filter((name) => /^partial-|lock/.test(name));
}

const lockOf = (pid: number) => JSON.stringify({ host: hostname(), pid });

/** The number of a process that has ended. */
async function deadProcess(): Promise<number> {
  const { spawn } = await import('node:child_process');
  const child = spawn('true');
  await new Promise((ended) => child.on('close', ended));
  return child.pid as number;
}
