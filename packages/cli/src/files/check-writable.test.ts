import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { checkWritable } from './check-writable.js';

describe('checkWritable', () => {
  it('lets new and old files, devices and stdout through, and leaves nothing', () =>
    inFolder(async (folder) => {
      await writeFile(join(folder, 'old.wav'), '');
      const names = ['old.wav', 'new.wav', join('a', 'b', 'c.wav'), join('a', 'd.wav')];
      const outputs = names.map((shown) => ({ path: join(folder, shown), shown }));
      checkWritable([...outputs, { path: '-', shown: '-' }, { path: '/dev/null', shown: 'null' }]);
      expect(await readdir(folder)).toEqual(['old.wav']);
    }));

  it('refuses names that only fit until the file is whole, and folders that are files', () =>
    inFolder(async (folder) => {
      const check = (name: string) => () =>
        checkWritable([{ path: join(folder, name), shown: name }]);
      const long = `${'n'.repeat(240)}.wav`;
      expect(check(long)).toThrow(/nnn\.wav: cannot be written: the name is too long/);
      await writeFile(join(folder, 'file'), '');
      expect(check(join('file', 'a.wav'))).toThrow(
        /file.a\.wav: cannot be written, because .*file is a/,
      );
    }));
});

describe.skipIf(!existsSync('/proc/self'))('a place that takes no files', () => {
  it.each([
    [['mel', 'a.wav', '-o', '/proc/x/a.npy'], '/proc/x/a.npy'],
    [['synth', 'a.wav', '-o', '/proc/a.wav'], '/proc/a.wav'],
    [['demo', 'a.wav', '-o', '/proc/x'], '/proc/x'],
    [['pack', 'nothing', '-o', '/proc/x'], '/proc/x'],
    [['prepare', '.', '-o', '/proc/x/y'], '/proc/x/y'],
    [['config', 'init', '-o', '/proc/x/c.json'], '/proc/x/c.json'],
    [['train', '.', '--out', '/proc/x/y'], '/proc/x/y'],
    [['train', '.', '--out', '/proc/x/y', '--dry-run'], '/proc/x/y'],
  ])('%j is told before the work begins', (argv, named) =>
    inFolder(async (cwd) => {
      // Not a WAV file: if it were read first, that would be what fails.
      await writeFile(join(cwd, 'a.wav'), 'words');
      if (argv[0] === 'prepare') await writeTone(cwd, 'a.wav');
      const run = await runMain(argv, { cwd });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toBe(
        `error: ${named}: cannot be written, because /proc takes no files or folders; choose another place\n`,
      );
      expect(await readdir(cwd)).toEqual(['a.wav']);
    }),
  );
});
