import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeUnfinished } from '@hifigan/train/node';
import { expect, it } from 'vitest';
import { inFolder } from '../testing.js';
import { writeWholeFolder } from './output-folder.js';

const options = (cwd: string) => ({
  target: join(cwd, 'data'),
  shown: 'data',
  force: true,
  mark: 'report.json',
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
