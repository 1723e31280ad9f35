import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { quietContext } from '../testing/context.js';
import { inFolder } from '../testing/run-main.js';
import { writeTarget } from './target-place.js';

it('leaves no file under another name where a later one cannot take its own', () =>
  inFolder(async (cwd) => {
    // What no file can take the place of.
    await mkdir(join(cwd, 'out', 'x.pth'), { recursive: true });
    const files = [
      { name: 'config.json', bytes: '{}' },
      { name: 'x.pth', bytes: 'weights' },
    ];
    const place = { target: 'torch', out: 'out/x.pth', force: false } as const;
    const planned = { files, check: async () => undefined };
    await expect(writeTarget(quietContext(cwd), planned, place)).rejects.toThrow(
      /x\.pth: not written/,
    );
    expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['config.json', 'x.pth']);
    expect(await readFile(join(cwd, 'out', 'config.json'), 'utf8')).toBe('{}');
  }));
