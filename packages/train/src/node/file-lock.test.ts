import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { raceForLocks, relayLock } from '@hifigan/testkit';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { FileLock, LockHeldError } from './file-lock.js';
import { removeUnfinished } from './unfinished.js';

const DEAD = JSON.stringify({ pid: 2 ** 22 + 1, host: hostname() });
const ALL = { processes: 8 };

test('of many processes that find the same dead lock, one has it', async () => {
  await inFolder(async (folder) => {
    const module = await plainModule(folder);
    const paths = Array.from({ length: 40 }, (_, round) => join(folder, `${round}.lock`));
    for (const [round, path] of paths.entries()) {
      await writeFile(path, DEAD);
      // One that died while it took over.
      if (round % 2) await writeFile(`${path}.takeover`, DEAD);
    }
    expect(await raceForLocks({ ...ALL, module }, paths)).toEqual(paths.map(() => 1));
    expect((await readdir(folder)).filter((name) => !/^\d+\.lock$/.test(name))).toEqual(['module']);
  });
});

test('processes that die with it have it one after the other', async () => {
  await inFolder(async (folder) => {
    const module = await plainModule(folder);
    expect(await relayLock({ ...ALL, module }, join(folder, 'lock'))).toBe(ALL.processes);
  });
});

test('one process cannot have it twice, whenever it asks', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'lock');
    await writeFile(path, DEAD);
    const asked = await Promise.allSettled(Array.from({ length: 10 }, () => FileLock.take(path)));
    const taken = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(taken).toHaveLength(1);
    for (const one of asked) {
      if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(LockHeldError);
    }
    await taken[0]!.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

test('another’s is not given back', async () => {
  await inFolder(async (folder) => {
    const path = join(folder, 'lock');
    const lock = await FileLock.take(path);
    const other = JSON.stringify({ pid: process.ppid, host: hostname(), id: 'another' });
    await writeFile(path, other);
    await lock.release();
    expect(await readFile(path, 'utf8')).toBe(other);
  });
});

test('drafts of processes that were killed go when another takes it, and no others', async () => {
  await inFolder(async (folder) => {
    const draft = (end: number) => join(folder, `lock.${`${end}`.padStart(36, '0')}`);
    const alive = JSON.stringify({ pid: process.ppid, host: hostname(), id: 'another' });
    for (const [end, text] of [DEAD, alive, '', ''].entries()) await writeFile(draft(end), text);
    await utimes(draft(2), 0, 0);
    await writeFile(join(folder, 'lock.mine'), DEAD);
    await (await FileLock.take(join(folder, 'lock'))).release();
    const names = [draft(1), draft(3), join(folder, 'lock.mine')];
    expect((await readdir(folder)).map((name) => join(folder, name)).sort()).toEqual(names);
  });
});

test('a process that ends at once lets go of it, and of no other’s', async () => {
  await inFolder(async (folder) => {
    await FileLock.take(join(folder, 'lock'));
    const lost = await FileLock.take(join(folder, 'other'));
    await writeFile(join(folder, 'other'), DEAD);
    await (await FileLock.take(join(folder, 'given back'))).release();
    await writeFile(join(folder, 'given back'), DEAD);
    removeUnfinished();
    expect((await readdir(folder)).sort()).toEqual(['given back', 'other']);
    await lost.release();
  });
});

/** `file-lock.ts` for processes that run on Node alone. */
async function plainModule(folder: string): Promise<string> {
  const path = join(folder, 'module');
  await mkdir(path);
  await writeFile(join(path, 'package.json'), '{"type":"module"}');
  for (const name of ['file-lock', 'write-file', 'unfinished']) {
    const url = new URL(`./${name}.ts`, import.meta.url);
    const { outputText } = ts.transpileModule(await readFile(fileURLToPath(url), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    await writeFile(join(path, `${name}.js`), outputText);
  }
  const tryTake = `
    import { FileLock, LockHeldError } from './file-lock.js';
    export const tryTake = (path) => FileLock.take(path).then(() => true, (error) => {
      if (error instanceof LockHeldError) return false;
      throw error;
    });`;
  await writeFile(join(path, 'try-take.js'), tryTake);
  return pathToFileURL(join(path, 'try-take.js')).href;
}
