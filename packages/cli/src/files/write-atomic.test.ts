import { existsSync } from 'node:fs';
import { lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { inFolder } from '../testing/run-main.js';
import { openAtomic, refuseExisting, writeAtomic } from './write-atomic.js';

describe('writeAtomic', () => {
  it('writes, replaces, makes folders and leaves nothing else behind', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'a', 'b', 'c.txt');
      await writeAtomic(path, 'one');
      await writeAtomic(path, Uint8Array.of(116, 119, 111));
      expect(await readFile(path, 'utf8')).toBe('two');
      expect(await readdir(join(folder, 'a', 'b'))).toEqual(['c.txt']);
    }));

  it('keeps the old file and cleans up where the new one cannot be finished', () =>
    inFolder(async (folder) => {
      await mkdir(join(folder, 'sub'));
      await expect(writeAtomic(join(folder, 'sub'), 'x')).rejects.toThrow(/is a folder/);
      await writeFile(join(folder, 'file'), 'x');
      await expect(writeAtomic(join(folder, 'file', 'below'), 'x')).rejects.toThrow(
        /file.below: cannot be written, because .*file is a file/,
      );
      expect((await readdir(folder)).sort()).toEqual(['file', 'sub']);
    }));

  it.skipIf(!existsSync('/dev/full'))(
    'writes to devices directly and reports a full disk',
    async () => {
      await expect(writeAtomic('/dev/full', 'x')).rejects.toThrow(
        '/dev/full: cannot be written: the disk is full',
      );
      expect((await lstat('/dev/full')).isCharacterDevice()).toBe(true);
      await writeAtomic('/dev/null', 'x');
      expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
    },
  );
});

describe('openAtomic', () => {
  it('takes the name when it is whole, with the beginning that is known by then', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'a', 'b.txt');
      await writeAtomic(path, 'old');
      const file = await openAtomic(path);
      await file.write(Buffer.from('????'));
      await file.write(Buffer.from(' and more'));
      expect(await readFile(path, 'utf8')).toBe('old');
      await file.writeStart?.(Buffer.from('four'));
      await file.commit();
      expect(await readFile(path, 'utf8')).toBe('four and more');
      expect(await readdir(join(folder, 'a'))).toEqual(['b.txt']);
    }));

  it('takes no name that another file has got meanwhile, where it is to replace none', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'b.txt');
      const late = await openAtomic(path, { replace: false });
      await late.write(Buffer.from('late'));
      await writeFile(path, 'another’s');
      await expect(late.commit()).rejects.toThrow(/b\.txt: cannot be written: .*in the way/);
      expect(await readFile(path, 'utf8')).toBe('another’s');
      expect(await readdir(folder)).toEqual(['b.txt']);
      const first = await openAtomic(join(folder, 'c.txt'), { replace: false });
      await first.write(Buffer.from('first'));
      await first.commit();
      expect(await readFile(join(folder, 'c.txt'), 'utf8')).toBe('first');
      expect(await readdir(folder)).toEqual(['b.txt', 'c.txt']);
    }));

  it('leaves the old file and nothing else where it is given up, or cannot be begun', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'b.txt');
      await writeAtomic(path, 'old');
      const file = await openAtomic(path);
      await file.write(Buffer.from('new'));
      expect(await readdir(folder)).toHaveLength(2);
      await file.discard();
      expect([await readFile(path, 'utf8'), await readdir(folder)]).toEqual(['old', ['b.txt']]);
      await expect(openAtomic(folder)).rejects.toThrow(/is a folder, where a file is needed/);
      await expect(openAtomic(join(path, 'below'))).rejects.toThrow(/b\.txt is a file/);
      expect(await readdir(folder)).toEqual(['b.txt']);
    }));

  it.skipIf(!existsSync('/dev/full'))(
    'writes to devices directly, which have no beginning',
    async () => {
      const full = await openAtomic('/dev/full');
      expect(full.writeStart).toBeUndefined();
      await expect(full.write(Buffer.from('x'))).rejects.toThrow(
        /dev\/full: cannot be written: the disk is full/,
      );
      await full.discard();
    },
  );
});

describe('refuseExisting', () => {
  it('lets devices and new names through', () =>
    inFolder(async (folder) => {
      await refuseExisting(join(folder, 'new'), false);
      await refuseExisting('/dev/null', false);
      await writeFile(join(folder, 'old'), '');
      await expect(refuseExisting(join(folder, 'old'), false)).rejects.toThrow(
        /old: exists already/,
      );
      await refuseExisting(join(folder, 'old'), true);
    }));
});
