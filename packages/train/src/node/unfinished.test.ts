import { readdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { asSave, removeUnfinished, savesUnderWay } from './unfinished.js';
import { writeFileAtomically } from './write-file.js';

test('a draft that is being written goes when the process ends at once', async () => {
  await inFolder(async (folder) => {
    const writing = writeFileAtomically(join(folder, 'big'), new Uint8Array(2 ** 25)).catch(
      (error: Error) => error,
    );
    while (readdirSync(folder).length === 0) await new Promise((done) => setImmediate(done));
    expect(await readdir(folder)).toEqual(['big.tmp']);
    removeUnfinished();
    expect(readdirSync(folder)).toEqual([]);
    // It was about to take its name.
    expect(await writing).toMatchObject({ message: expect.stringContaining('not written') });
  });
});

test('whoever ends the process can wait for what is being saved', async () => {
  expect(savesUnderWay()).toBeUndefined();
  let finish: () => void = () => undefined;
  const save = asSave(
    () =>
      new Promise<void>((done) => {
        finish = done;
      }),
  );
  await expect(asSave(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
  let ended = false;
  const waiting = savesUnderWay()?.then(() => {
    ended = true;
  });
  await Promise.resolve();
  expect(ended).toBe(false);
  finish();
  await waiting;
  expect(ended).toBe(true);
  await save;
  expect(savesUnderWay()).toBeUndefined();
});
