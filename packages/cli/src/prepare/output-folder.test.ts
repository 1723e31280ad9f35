import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeUnfinished } from '@hifigan/train/node';
import { beforeEach, expect, it, vi } from 'vitest';
import { inFolder } from '../testing/run-main.js';
import { writeWholeFolder } from './output-folder.js';

const disk = vi.hoisted(() => ({ keeps: false }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  return {
    ...real,
    rm: async (...args: Parameters<typeof real.rm>) => {
      if (disk.keeps && String(args[0]).endsWith('.old')) throw new Error('EBUSY: said the disk');
      await real.rm(...args);
    },
  };
});

const warnings: string[] = [];
beforeEach(() => {
  disk.keeps = false;
  warnings.length = 0;
});

const options = (cwd: string) => ({
  target: join(cwd, 'data'),
  shown: 'data',
  force: true,
  mark: 'report.json',
  warn: (text: string) => void warnings.push(text),
});

async function writeOld(cwd: string): Promise<void> {
  await mkdir(join(cwd, 'data'));
  await writeFile(join(cwd, 'data', 'report.json'), 'old');
}

it('puts the new folder in the place of the old one, and leaves nothing else', () =>
  inFolder(async (cwd) => {
    await writeOld(cwd);
    const work = (draft: string) => writeFile(join(draft, 'report.json'), 'new');
    await writeWholeFolder(options(cwd), work);
    expect(await readdir(cwd)).toEqual(['data']);
    expect(await readFile(join(cwd, 'data', 'report.json'), 'utf8')).toBe('new');
  }));

it('tells of an old folder that cannot be removed, and has written the new one', () =>
  inFolder(async (cwd) => {
    await writeOld(cwd);
    disk.keeps = true;
    const work = (draft: string) => writeFile(join(draft, 'report.json'), 'new');
    await writeWholeFolder(options(cwd), work);
    expect(await readFile(join(cwd, 'data', 'report.json'), 'utf8')).toBe('new');
    const rest = (await readdir(cwd)).filter((name) => name !== 'data');
    expect(rest).toHaveLength(1);
    expect(warnings).toEqual([
      `data is written; what it replaced could not be removed (EBUSY: said the disk): remove ${rest[0]}`,
    ]);
  }));

it('gives the old folder its name back where the new one cannot take it', () =>
  inFolder(async (cwd) => {
    await writeOld(cwd);
    // Without a draft the first of the two renames works and the second fails.
    const work = (draft: string) => rm(draft, { recursive: true });
    await expect(writeWholeFolder(options(cwd), work)).rejects.toThrow('data: cannot be written');
    expect(await readdir(cwd)).toEqual(['data']);
    expect(await readFile(join(cwd, 'data', 'report.json'), 'utf8')).toBe('old');
  }));

it('leaves no draft after a second Ctrl-C', () =>
  inFolder(async (cwd) => {
    await writeOld(cwd);
    const work = async (draft: string) => {
      await mkdir(join(draft, 'wavs'));
      await writeFile(join(draft, 'wavs', 'a.wav'), 'x');
      removeUnfinished();
      expect(existsSync(draft)).toBe(false);
      expect(await readdir(cwd)).toEqual(['data']);
      throw new Error('the process has ended');
    };
    await expect(writeWholeFolder(options(cwd), work)).rejects.toThrow('the process has ended');
    expect(await readFile(join(cwd, 'data', 'report.json'), 'utf8')).toBe('old');
  }));
