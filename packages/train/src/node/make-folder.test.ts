import { existsSync } from 'node:fs';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { makeFolder, probeFolder, removeMade } from './make-folder.js';

describe('makeFolder', () => {
  test('makes what is missing, tells the topmost, and takes it back where it is empty', async () => {
    await inFolder(async (folder) => {
      const deep = join(folder, 'a', 'b', 'c');
      expect(makeFolder(deep)).toBe(join(folder, 'a'));
      expect(existsSync(deep)).toBe(true);
      expect(makeFolder(deep)).toBeUndefined();
      removeMade(deep, undefined);
      expect(existsSync(deep)).toBe(true);
      await writeFile(join(folder, 'a', 'mine'), '');
      removeMade(deep, join(folder, 'a'));
      // What is not empty stays.
      expect(await readdir(join(folder, 'a'))).toEqual(['mine']);
      await mkdir(join(folder, 'x'));
      expect(makeFolder(join(folder, 'x', 'y'))).toBe(join(folder, 'x', 'y'));
      removeMade(join(folder, 'x', 'y'), join(folder, 'x', 'y'));
      expect(await readdir(folder)).toEqual(['a', 'x']);
    });
  });

  test('names what is in the way', async () => {
    await inFolder(async (folder) => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      expect(() => makeFolder(file)).toThrow(
        `${file}: cannot be written, because ${file} is a file, where a folder must be; choose another place`,
      );
      expect(() => makeFolder(join(file, 'a', 'b'))).toThrow(
        `${join(file, 'a', 'b')}: cannot be written, because ${file} is a file, where a folder must be; choose another place`,
      );
      const long = join(folder, 'new', 'n'.repeat(300));
      expect(() => makeFolder(long)).toThrow(/the name is too long for this disk/);
      await symlink('loop', join(folder, 'loop'));
      expect(() => makeFolder(join(folder, 'loop', 'a'))).toThrow(/leads back to itself/);
      await symlink('nothing', join(folder, 'lost'));
      expect(() => makeFolder(join(folder, 'lost'))).toThrow(/a link that leads nowhere/);
      expect((await readdir(folder)).sort()).toEqual(['file', 'loop', 'lost']);
    });
  });

  test.skipIf(!existsSync('/proc/self'))('returns from where no folder can be', () => {
    expect(() => makeFolder('/proc/run/a')).toThrow(
      '/proc/run/a: cannot be written, because /proc takes no files or folders; choose another place',
    );
  });
});

describe('probeFolder', () => {
  test('leaves nothing, whether the folder is there or not', async () => {
    await inFolder(async (folder) => {
      probeFolder(folder);
      probeFolder(join(folder, 'a', 'b'));
      expect(await readdir(folder)).toEqual([]);
    });
  });

  test('refuses what could not be written', async () => {
    await inFolder(async (folder) => {
      await writeFile(join(folder, 'file'), '');
      expect(() => probeFolder(join(folder, 'file', 'a'))).toThrow(
        /is a file, where a folder must be/,
      );
    });
  });

  test.skipIf(!existsSync('/proc/self'))('refuses the system’s own', () => {
    expect(() => probeFolder('/proc')).toThrow(/^\/proc: cannot be written, because \/proc takes/);
    expect(() => probeFolder('/proc/run')).toThrow(/\/proc\/run: cannot be written/);
  });
});
