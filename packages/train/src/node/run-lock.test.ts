import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { takeRunLock } from './run-lock.js';

const warnings: string[] = [];
const take = (folder: string) => {
  warnings.length = 0;
  return takeRunLock(folder, (text) => void warnings.push(text));
};

test('one at a time; let go, it leaves nothing', async () => {
  await inFolder(async (folder) => {
    const lock = await take(folder);
    await expect(take(folder)).rejects.toThrow(
      `because process ${process.pid} on ${hostname()} trains here`,
    );
    expect(await readdir(folder)).toEqual(['run.lock']);
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
    await (await take(folder)).release();
    expect(warnings).toEqual([]);
  });
});

test.each([
  ['a dead process', { pid: 2 ** 22 + 1, host: hostname() }],
  ['a process before a restart whose number another has now', { pid: process.ppid, birth: 'x 1' }],
  ['a process before a restart whose number is ours', { pid: process.pid, birth: 'x 1' }],
])('that of %s is taken over, with a notice', async (_, holder) => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'run.lock'), JSON.stringify({ host: hostname(), ...holder }));
    const lock = await take(folder);
    expect(warnings[0]).toMatch(/run\.lock: taken over from process \d+, which is gone/);
    expect(JSON.parse(await readFile(join(folder, 'run.lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
    });
    await lock.release();
    expect(await readdir(folder)).toEqual([]);
  });
});

test('that of a dead process as earlier versions wrote it is taken over, a living one’s not', async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'run.lock'), `${hostname()} ${process.ppid}`);
    await expect(take(folder)).rejects.toThrow(`process ${process.ppid} on ${hostname()} trains`);
    await writeFile(join(folder, 'run.lock'), `${hostname()} ${2 ** 22 + 1}`);
    await (await take(folder)).release();
    expect(warnings[0]).toMatch(/taken over from process \d+, which is gone/);
  });
});

test.each([
  ['a living process', JSON.stringify({ pid: process.ppid, host: hostname() })],
  ['a process on another machine', JSON.stringify({ pid: 1, host: 'elsewhere' })],
  ['words', ''],
])('that of %s stays', async (_, text) => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'run.lock'), text);
    await expect(take(folder)).rejects.toThrow(/trains here.*remove .*run\.lock/);
    expect(await readFile(join(folder, 'run.lock'), 'utf8')).toBe(text);
  });
});
