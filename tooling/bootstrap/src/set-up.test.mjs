import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { raceForLocks, relayLock } from '@hifigan/testkit';
import { expect, it, vi } from 'vitest';
import { advice } from './advice.mjs';
import { cacheFolder, nativeTools } from './cache.mjs';
import { Failure, runMain } from './failure.mjs';
import { installFingerprint } from './install.mjs';
import { pins } from './judges.mjs';
import { tryLock, withLock } from './lock.mjs';
import { checkDisk, checkNode } from './machine.mjs';
import { run } from './process.mjs';
import { ROOT } from './workspace.mjs';

const temporary = () => mkdtempSync(join(tmpdir(), 'set up '));

it('refuses an old Node by name', () => {
  expect(() => checkNode('v18.20.1', '>=20')).toThrow('node: version=v18.20.1 must be 20 or later');
  expect(() => checkNode('v20.0.0', '>=20')).not.toThrow();
  expect(() => checkNode('v120.0.0', '>=20')).not.toThrow();
});

it('refuses a full disk before it starts', () => {
  expect(() => checkDisk('/x', 2e9, 'it takes much', () => 1.04e9)).toThrow(
    'disk: free=1.0 GB in /x must be at least 2.0 GB, because it takes much',
  );
  expect(() => checkDisk(tmpdir(), 1, 'it takes little')).not.toThrow();
});

it.each([
  ['npm error code ENOTFOUND', 'registry cannot be reached'],
  ['ERR_PNPM_ENOSPC  ENOSPC: no space left on device, copyfile', 'disk is full'],
  ['EACCES: permission denied, mkdir', 'not writable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate'],
  ['ERR_PNPM_OUTDATED_LOCKFILE', 'pnpm-lock.yaml'],
])('knows the cause of %s', (output, cause) => {
  expect(advice(output)).toContain(cause);
});

it('knows no cause of what it has not seen', () => {
  expect(advice('something else')).toBe('');
});

it('installs again where a package asks for something else', () => {
  const root = temporary();
  mkdirSync(join(root, 'packages/a'), { recursive: true });
  for (const folder of ['', 'packages/a']) {
    writeFileSync(join(root, folder, 'package.json'), '{"name":"a"}');
  }
  const before = installFingerprint(root);
  expect(installFingerprint(root)).toBe(before);
  writeFileSync(join(root, 'packages/a/package.json'), '{"name":"a","dependencies":{"b":"1"}}');
  expect(installFingerprint(root)).not.toBe(before);
});

it('reads the pins of the judges, which are all exact', () => {
  expect(pins('# note\ntorch==2.15.0\nNumPy==2.4.6  # why\n\nscipy>=1')).toEqual([
    { name: 'torch', version: '2.15.0' },
    { name: 'numpy', version: '2.4.6' },
  ]);
  const text = readFileSync(join(ROOT, 'tooling/reference-python/requirements.txt'), 'utf8');
  const lines = text.split('\n').filter((line) => /^\s*[^#\s]/.test(line));
  expect(pins(text)).toHaveLength(lines.length);
});

it('has a cache key that changes with the tools', () => {
  const cache = temporary();
  const bare = nativeTools(cache);
  writeFileSync(join(cache, 'tensorflow-addon.json'), '{}');
  expect(nativeTools(cache)).not.toBe(bare);
  expect(cacheFolder({ HIFIGAN_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/hifigan');
});

it('runs one at a time under a lock, and takes over from the dead', async () => {
  const folder = temporary();
  const path = join(folder, 'lock');
  /** @type {string[]} */
  const events = [];
  const slow = withLock(path, async () => {
    events.push('a');
    await new Promise((resolve) => setTimeout(resolve, 20));
    events.push('b');
  });
  vi.spyOn(console, 'log').mockReturnValue(undefined);
  await Promise.all([slow, withLock(path, async () => events.push('c'))]);
  expect(events).toEqual(['a', 'b', 'c']);

  const { stdout } = await run(process.execPath, ['-p', 'process.pid'], { quiet: true });
  writeFileSync(path, `${hostname()} ${stdout.trim()}`);
  expect(await withLock(path, async () => 'taken')).toBe('taken');
  expect(readdirSync(folder)).toEqual([]);
});

it('is one process’s alone, whenever many take it over from the dead', async () => {
  const folder = temporary();
  const racer = join(folder, 'racer.mjs');
  const lock = new URL('./lock.mjs', import.meta.url).href;
  writeFileSync(racer, `export { tryLock as tryTake } from ${JSON.stringify(lock)};`);
  const race = { module: pathToFileURL(racer).href, processes: 8 };
  const { stdout } = await run(process.execPath, ['-p', 'process.pid'], { quiet: true });
  const dead = `${hostname()} ${stdout.trim()}`;
  const paths = Array.from({ length: 40 }, (_, round) => join(folder, `${round}.lock`));
  for (const [round, path] of paths.entries()) {
    writeFileSync(path, dead);
    // One that died while it took over.
    if (round % 2) writeFileSync(`${path}.takeover`, dead);
  }
  expect(await raceForLocks(race, paths)).toEqual(paths.map(() => 1));
  expect(await relayLock(race, join(folder, 'relay'))).toBe(race.processes);
});

it('takes for held what cannot be read or names nobody, and is not taken in by a number', async () => {
  const folder = temporary();
  const locks = [
    [() => mkdirSync(join(folder, 'lock')), false],
    [() => writeFileSync(join(folder, 'lock'), ''), false],
    [() => writeFileSync(join(folder, 'lock'), 'elsewhere 1'), false],
    [() => writeFileSync(join(folder, 'lock'), `${hostname()} ${process.ppid}`), false],
    // Ours by its number alone: of a process before a restart.
    [() => writeFileSync(join(folder, 'lock'), `${hostname()} ${process.pid}`), true],
  ];
  for (const [make, expected] of /** @type {[() => void, boolean][]} */ (locks)) {
    make();
    expect(tryLock(join(folder, 'lock'))).toBe(expected);
    expect(readdirSync(folder)).toEqual(['lock']);
    rmSync(join(folder, 'lock'), { recursive: true });
  }
});

it('has its owner’s name from the first moment on', async () => {
  const folder = temporary();
  // Another process looks at the lock as fast as it can while it is taken and given back.
  const watch = `
    const { readFileSync } = require('node:fs');
    const path = process.argv[1];
    let seen = 0;
    for (const end = Date.now() + 1000; Date.now() < end; ) {
      try {
        if (!(JSON.parse(readFileSync(path, 'utf8')).pid > 0)) throw new Error('a lock without a name');
        seen += 1;
      } catch (error) {
        if (error.code !== 'ENOENT') { console.log(error.message); process.exit(1); }
      }
    }
    console.log(seen > 0 ? 'seen' : 'never seen');`;
  const path = join(folder, 'lock');
  let watching = true;
  const watcher = run(process.execPath, ['-e', watch, path], { quiet: true }).finally(() => {
    watching = false;
  });
  while (watching) {
    await withLock(path, () => new Promise((resolve) => setImmediate(resolve)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await watcher).toMatchObject({ code: 0, stdout: 'seen\n' });
});

it('passes spaces on as they are, keeps output, and reports what cannot start', async () => {
  const argument = 'two words; $HOME';
  const said = await run(process.execPath, ['-p', 'process.argv[1]', argument], { quiet: true });
  expect(said).toMatchObject({ code: 0, stdout: `${argument}\n` });
  const silent = await run(process.execPath, ['-e', 'process.exit(3)'], { quiet: true });
  expect(silent.code).toBe(3);
  expect((await run('/no/such/program', [], { quiet: true })).code).toBe(127);
});

it('tells what a command prints line by line, without colours', async () => {
  /** @type {string[]} */
  const lines = [];
  const script = "process.stdout.write('\\u001b[31ma\\u001b[0m\\nb'); console.error('c');";
  const onLine = (/** @type {string} */ line) => void lines.push(line);
  await run(process.execPath, ['-e', script], { quiet: true, onLine });
  expect(lines.sort()).toEqual(['a', 'b', 'c']);
});

it('has no standard input that could be asked', async () => {
  const script = 'process.stdin.on("end", () => console.log("ended")).resume()';
  expect((await run(process.execPath, ['-e', script], { quiet: true })).stdout).toBe('ended\n');
});

it('prints a failure without its stack, and leaves with 1', async () => {
  const error = vi.spyOn(console, 'error').mockReturnValue(undefined);
  const before = process.exitCode;
  await runMain(async () => {
    throw new Failure('node: too old');
  });
  expect(process.exitCode).toBe(1);
  process.exitCode = before;
  expect(error.mock.calls).toEqual([['\nnode: too old']]);
  rmSync(join(temporary()), { recursive: true });
});
