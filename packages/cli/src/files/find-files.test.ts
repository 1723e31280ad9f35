import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Context } from '../context.js';
import { inFolder } from '../testing/run-main.js';
import { type FindOptions, findFiles } from './find-files.js';

/** Files by name, and links as `name -> where`; what is found of the folder `in`. */
async function found(tree: readonly string[], { except, ...options }: FindOptions = {}) {
  return inFolder(async (folder) => {
    const cwd = await realpath(folder);
    for (const line of tree) {
      const [name, to] = line.split(' -> ');
      await mkdir(dirname(join(cwd, name)), { recursive: true });
      if (to === undefined) await writeFile(join(cwd, name), name);
      else await symlink(to, join(cwd, name));
    }
    const isWav = (name: string) => name.endsWith('.wav');
    const result = await findFiles({ cwd } as Context, ['in'], isWav, {
      ...options,
      ...(except && { except: join(cwd, except) }),
    });
    return {
      files: result.files.map(({ relative }) => relative),
      leftOut: result.leftOut.map(({ file, reason }) => `${file}: ${reason}`),
      folders: result.folders.map((path) => path.slice(cwd.length + 1)).sort(),
    };
  });
}

test('follows links to folders, of links in them too, and keeps their order', async () => {
  const tree = ['in/b.wav', 'in/c/x.wav', 'in/a -> ../far', 'far/y.wav', 'far/more -> ../farther'];
  expect(await found([...tree, 'farther/z.wav', 'in/c.wav', 'in/.hidden -> ../far'])).toEqual({
    files: ['a/more/z.wav', 'a/y.wav', 'b.wav', 'c/x.wav', 'c.wav'],
    leftOut: [],
    folders: ['far', 'farther', 'in', 'in/c'],
  });
});

test('looks into each real folder once, under its own name where it has one', async () => {
  const tree = ['in/z/x.wav', 'in/a -> z', 'in/z/up -> ..', 'in/b -> ../far', 'in/c -> ../far'];
  expect(await found([...tree, 'far/y.wav', 'far/back -> ../in/z'])).toEqual({
    files: ['b/y.wav', 'z/x.wav'],
    leftOut: [
      'a: the same folder as in/z, whose files are taken already',
      'c: the same folder as in/b, whose files are taken already',
      'z/up: the same folder as in, whose files are taken already',
      'b/back: the same folder as in/z, whose files are taken already',
    ],
    folders: ['far', 'in', 'in/z'],
  });
});

test('takes a file that links lead to once where asked', async () => {
  const tree = ['in/z.wav', 'in/a.wav -> z.wav', 'in/b.wav -> ../far.wav', 'far.wav'];
  const all = [...tree, 'in/c.wav -> ../far.wav'];
  expect((await found(all)).files).toEqual(['a.wav', 'b.wav', 'c.wav', 'z.wav']);
  expect(await found(all, { once: true })).toMatchObject({
    files: ['b.wav', 'z.wav'],
    leftOut: [
      'a.wav: the same file as in/z.wav, which is taken already',
      'c.wav: the same file as in/b.wav, which is taken already',
    ],
  });
});

test('tells links that lead nowhere, or to themselves; those of files are left to their reader', async () => {
  const tree = ['in/a.wav -> gone.wav', 'in/b -> gone', 'in/c -> c', 'in/d.txt -> gone'];
  expect(await found(tree)).toMatchObject({
    files: ['a.wav'],
    leftOut: ['b: a link that leads nowhere', 'c: a link that leads nowhere'],
  });
});

test('passes over the folder of the results, but not where it is the one that was named', async () => {
  const tree = ['in/a.wav', 'in/out/a.wav', 'in/out/deep/b.wav', 'in/x -> out'];
  expect(await found(tree, { except: 'in/out' })).toMatchObject({
    files: ['a.wav'],
    leftOut: ['out: the folder of the results', 'x: the folder of the results'],
  });
  expect((await found(tree, { except: 'in' })).files).toContain('out/a.wav');
});

test('takes one of several that is not there for a file where asked, of which its reader tells', async () => {
  const find = (typed: readonly string[], each: boolean) =>
    inFolder(async (cwd) => {
      await writeFile(join(cwd, 'a.wav'), '');
      return findFiles({ cwd } as Context, typed, () => true, { each });
    });
  const { files } = await find(['a.wav', 'none.wav'], true);
  expect(files.map(({ shown }) => shown)).toEqual(['a.wav', 'none.wav']);
  await expect(find(['a.wav', 'none.wav'], false)).rejects.toThrow(/^none\.wav: cannot be read/);
  await expect(find(['none.wav'], true)).rejects.toThrow(/^none\.wav: cannot be read/);
});
