import { appendFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { quietContext } from '../testing/context.js';
import { inFolder } from '../testing/run-main.js';
import { openSource } from './open-source.js';
import { readInput } from './read-input.js';
import { readUnchanged, SourceFiles } from './source-files.js';

const CHANGES: readonly (readonly [string, RegExp, (path: string) => Promise<void>])[] = [
  ['grows', /it grew from 5 to 6 bytes/, (path) => appendFile(path, '!')],
  ['shrinks', /it shrank from 5 to 2 bytes/, (path) => truncate(path, 2)],
  [
    'is replaced',
    /another file has taken its place/,
    async (path) => {
      await writeFile(`${path}.new`, 'other');
      await rename(`${path}.new`, path);
    },
  ],
  ['is written to', /it was written to/, (path) => utimes(path, 1, 1)],
  ['is removed', /it is gone/, (path) => rm(path)],
];

it.each(CHANGES)('a file that %s while others are read is told by name', (_, how, change) =>
  inFolder(async (cwd) => {
    const path = join(cwd, 'weights');
    await writeFile(path, 'first');
    const read = () =>
      readUnchanged(quietContext(cwd), async (reading) => {
        const bytes = await readInput(reading, 'weights');
        await change(path);
        return bytes;
      });
    await expect(read()).rejects.toThrow(/^weights: changed while it was read: /);
    await writeFile(path, 'first');
    await expect(read()).rejects.toThrow(how);
  }),
);

it('what goes wrong with parts that do not fit together is told as the change', () =>
  inFolder(async (cwd) => {
    const path = join(cwd, 'weights');
    await writeFile(path, 'first');
    const fail = (change: () => Promise<void>) =>
      readUnchanged(quietContext(cwd), async (reading) => {
        const source = await openSource(reading, path, 'weights');
        await source.read(0, 2);
        await change();
        throw new Error('weights: is cut off');
      });
    const changed = await fail(() => truncate(path, 2)).catch((error: Error) => error);
    expect(changed).toMatchObject({ message: expect.stringMatching(/^weights: changed while/) });
    expect(changed).toMatchObject({ cause: { message: 'weights: is cut off' } });
    await expect(fail(async () => undefined)).rejects.toThrow('weights: is cut off');
  }));

it('of a file that changed, no part is read', () =>
  inFolder(async (cwd) => {
    const path = join(cwd, 'weights');
    await writeFile(path, 'first');
    const source = await openSource(quietContext(cwd), path, 'weights');
    expect(String.fromCharCode(...(await source.read(1, 3)))).toBe('ir');
    await writeFile(path, 'others');
    await expect(source.read(1, 3)).rejects.toThrow(/^weights: changed while it was read/);
  }));

it('after Ctrl-C nothing is read', () =>
  inFolder(async (cwd) => {
    await writeFile(join(cwd, 'weights'), 'first');
    const controller = new AbortController();
    const context = quietContext(cwd, controller.signal);
    const source = await openSource(context, 'weights');
    controller.abort();
    await expect(source.read(0, 1)).rejects.toThrow('interrupted; nothing was written');
    await expect(readInput(context, 'weights')).rejects.toThrow('interrupted; nothing was written');
  }));

it('files that were only looked at may change', () =>
  inFolder(async (cwd) => {
    const [used, stranger] = ['config.json', 'stranger.json'].map((name) => join(cwd, name));
    const [looked, sources] = [new SourceFiles(), new SourceFiles()];
    for (const path of [used, stranger]) {
      await writeFile(path, '{}');
      await looked.note(path, path);
    }
    sources.adopt(looked, [used, join(cwd, 'not looked at')]);
    await appendFile(stranger, ' ');
    await expect(sources.check()).resolves.toBeUndefined();
    await appendFile(used, ' ');
    await expect(sources.check()).rejects.toThrow(
      /config\.json: changed while it was read: it grew/,
    );
  }));
