import { spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav, resample, writeWav } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';

const lines = async (path: string) => (await readFile(path, 'utf8')).split('\n').filter(Boolean);

describe('hifigan prepare', () => {
  it('makes mono recordings at one rate, lists and a report', () =>
    inFolder(async (cwd) => {
      const high = await writeTone(join(cwd, 'in'), 'a/high.wav', { samplingRate: 44100 });
      await writeTone(join(cwd, 'in'), 'a/stereo.wav', { channels: 2, frequency: 300 });
      for (let n = 0; n < 8; n++)
        await writeTone(join(cwd, 'in'), `b/${n}.WAV`, { frequency: 500 + n });
      const run = await runMain(['prepare', 'in', '-o', 'data', '--validation-fraction', '0.2'], {
        cwd,
      });
      expect(run).toMatchObject({ code: 0, stdout: 'data\n' });
      expect(run.stderr).toMatch(
        /training {4}8 recordings, 8\.0 s\nvalidation {2}2 recordings, 2\.0 s\nrefused {5}none/,
      );
      const training = await lines(join(cwd, 'data', 'training.txt'));
      const validation = await lines(join(cwd, 'data', 'validation.txt'));
      expect([training.length, validation.length]).toEqual([8, 2]);
      const all = [...training, ...validation].sort();
      expect(all).toEqual([
        'a_high||',
        'a_stereo||',
        ...Array.from({ length: 8 }, (_, n) => `b_${n}||`),
      ]);
      const wav = readWav(await readFile(join(cwd, 'data', 'wavs', 'a_high.wav')));
      expect(wav).toMatchObject({ samplingRate: 22050, format: 'pcm16' });
      expect(wav.channels).toHaveLength(1);
      expectClose(wav.channels[0], resample(high, 44100, 22050), { max: 1 / 32768 });
      expect((await readdir(cwd)).sort()).toEqual(['data', 'in']);
      const info = await runMain(['info', 'data', '--json'], { cwd });
      expect(JSON.parse(info.stdout)).toMatchObject({
        kind: 'data set',
        training: { recordings: 8 },
      });
      // The same again gives the same split; another seed another one.
      await runMain(['prepare', 'in', '-o', 'again', '--validation-fraction', '0.2'], { cwd });
      expect(await lines(join(cwd, 'again', 'validation.txt'))).toEqual(validation);
    }));

  it('refuses what cannot be used and says why, and goes on', () =>
    inFolder(async (cwd) => {
      await writeTone(join(cwd, 'in'), 'good.wav');
      await writeTone(join(cwd, 'in'), 'twin.wav');
      await writeTone(join(cwd, 'in'), 'short.wav', { seconds: 0.1 });
      await writeTone(join(cwd, 'in'), 'silent.wav', { loudness: 0 });
      const whole = await readFile(join(cwd, 'in', 'good.wav'));
      await writeFile(join(cwd, 'in', 'cut.wav'), whole.subarray(0, 1000));
      await writeFile(join(cwd, 'in', 'text.wav'), 'no sound');
      await writeFile(join(cwd, 'in', 'empty.wav'), '');
      await writeFile(join(cwd, 'in', 'other.flac'), 'fLaC');
      await writeFile(join(cwd, 'in', 'other.m4a'), 'whatever');
      await writeFile(join(cwd, 'in', 'notes.txt'), 'not asked for');
      const nan = writeWav(
        { samplingRate: 22050, channels: [new Float32Array(22050).fill(0.1)] },
        'float32',
      );
      nan.set([0, 0, 0xc0, 0x7f], nan.length - 4);
      await writeFile(join(cwd, 'in', 'nan.wav'), nan);
      await symlink('nowhere.wav', join(cwd, 'in', 'link.wav'));
      const tone = Float32Array.from({ length: 22050 }, (_, i) => Math.sin(i / 10) / 2);
      await writeFile(
        join(cwd, 'in', 'phase.wav'),
        writeWav({ samplingRate: 22050, channels: [tone, tone.map((value) => -value)] }, 'float32'),
      );
      const run = await runMain(['prepare', 'in', '-o', 'data', '--json'], { cwd });
      expect(run.code).toBe(0);
      const report = JSON.parse(run.stdout);
      const reasons = Object.fromEntries(
        report.refused.map((r: { file: string; reason: string }) => [r.file, r.reason]),
      );
      expect(reasons).toEqual({
        'cut.wav': expect.stringMatching(/^it is cut off/),
        'empty.wav': expect.stringMatching(/it is empty/),
        'nan.wav': expect.stringMatching(/is NaN, not a finite number/),
        'link.wav': expect.stringMatching(/^cannot be read: there is no such file/),
        'phase.wav': expect.stringMatching(/^silent: its channels cancel each other/),
        'other.flac': expect.stringMatching(/^it is cut off before its sound begins/),
        'other.m4a': expect.stringMatching(/^of a kind that cannot be read here; convert it/),
        'short.wav': expect.stringMatching(/^0\.10 s long, and 0\.3 s are the least/),
        'silent.wav': expect.stringMatching(/^silent/),
        'text.wav': expect.stringMatching(/no recording that can be read/),
        'twin.wav': 'the same sound as good.wav',
      });
      expect(JSON.parse(await readFile(join(cwd, 'data', 'report.json'), 'utf8'))).toMatchObject({
        refused: report.refused,
      });
      expect(await lines(join(cwd, 'data', 'training.txt'))).toEqual(['good||']);
      expect(run.stderr).toMatch(/validation\.txt is empty/);
    }));

  it('holds out the named recordings, and no unknown ones', () =>
    inFolder(async (cwd) => {
      for (let n = 0; n < 4; n++)
        await writeTone(join(cwd, 'in'), `${n}.wav`, { frequency: 300 + n });
      await writeFile(join(cwd, 'held.txt'), '\uFEFF2.WAV\r\n\n3.flac||\n');
      expect(
        (await runMain(['prepare', 'in', '-o', 'data', '--holdout', 'held.txt'], { cwd })).code,
      ).toBe(0);
      expect(await lines(join(cwd, 'data', 'validation.txt'))).toEqual(['2||', '3||']);
      await writeFile(join(cwd, 'held.txt'), '2\nnone');
      const wrong = await runMain(['prepare', 'in', '-o', 'other', '--holdout', 'held.txt'], {
        cwd,
      });
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toMatch(
        /--holdout held\.txt: none: no recording has such an id.* an id is the path below the folder/,
      );
      await writeFile(join(cwd, 'held.txt'), '\n');
      const empty = await runMain(['prepare', 'in', '-o', 'other', '--holdout', 'held.txt'], {
        cwd,
      });
      expect(empty).toMatchObject({ code: 1, stdout: '' });
      expect(empty.stderr).toContain('held.txt: has no ids; write one a line');
      expect((await readdir(cwd)).sort()).toEqual(['data', 'held.txt', 'in']);
    }));

  it('does not mind a held-out recording that is refused', () =>
    inFolder(async (cwd) => {
      await writeTone(join(cwd, 'in'), 'long.wav', {});
      await writeTone(join(cwd, 'in'), 'other.wav', { frequency: 500 });
      await writeTone(join(cwd, 'in'), 'short.wav', { seconds: 0.1 });
      await writeFile(join(cwd, 'held.txt'), 'short\nother\n');
      const run = await runMain(['prepare', 'in', '-o', 'data', '--holdout', 'held.txt'], { cwd });
      expect(run.code).toBe(0);
      expect(await lines(join(cwd, 'data', 'validation.txt'))).toEqual(['other||']);
      expect(await lines(join(cwd, 'data', 'training.txt'))).toEqual(['long||']);
    }));

  it('makes a float recording beyond full scale quieter instead of clipping it', () =>
    inFolder(async (cwd) => {
      await writeTone(join(cwd, 'in'), 'loud.wav', { loudness: 2, format: 'float32' });
      await writeTone(join(cwd, 'in'), 'stereo.wav', { channels: 2, frequency: 300 });
      const run = await runMain(['prepare', 'in', '-o', 'data'], { cwd });
      expect(run.stderr).toMatch(/^note: 1 recording went beyond full scale and became quieter$/m);
      expect(run.stderr).toMatch(/^note: 1 recording had several channels, which were mixed/m);
      const { accepted } = JSON.parse(await readFile(join(cwd, 'data', 'report.json'), 'utf8'));
      expect(accepted[0].scaled).toBeCloseTo(0.5, 4);
      const [audio] = readWav(await readFile(join(cwd, 'data', 'wavs', 'loud.wav'))).channels;
      expect(audio.filter((value) => Math.abs(value) > 0.999).length).toBeLessThan(
        audio.length / 20,
      );
    }));

  it('refuses folders that are missing, empty, overlapping or not its own', () =>
    inFolder(async (cwd) => {
      const prepare = (...argv: string[]) => runMain(['prepare', ...argv], { cwd });
      expect((await prepare('none', '-o', 'data')).stderr).toMatch(
        /none: cannot be read: there is no such file/,
      );
      await mkdir(join(cwd, 'empty'));
      expect((await prepare('empty', '-o', 'data')).stderr).toMatch(
        /empty: has no recordings; give a folder/,
      );
      await writeTone(join(cwd, 'in'), 'a.wav');
      expect(await prepare('in', '-o', 'in/data')).toMatchObject({ code: 2 });
      expect(await prepare('in/..', '-o', 'data')).toMatchObject({ code: 2 });
      await mkdir(join(cwd, 'mine'));
      await writeFile(join(cwd, 'mine', 'thesis.txt'), 'x');
      expect((await prepare('in', '-o', 'mine')).stderr).toMatch(/mine: exists already; .*--force/);
      expect((await prepare('in', '-o', 'mine', '--force')).stderr).toMatch(
        /mine: is not replaced, because it has no report.json/,
      );
      expect(await readFile(join(cwd, 'mine', 'thesis.txt'), 'utf8')).toBe('x');
      expect((await prepare('in', '-o', 'data')).code).toBe(0);
      expect((await prepare('in', '-o', 'data')).code).toBe(1);
      expect((await prepare('in', '-o', 'data', '--force')).code).toBe(0);
      await writeTone(join(cwd, 'bad'), 'short.wav', { seconds: 0.01 });
      const bad = await prepare('bad', '-o', 'data', '--force');
      expect(bad).toMatchObject({ code: 1, stdout: '' });
      expect(bad.stderr).toMatch(/none of 1 recordings can be used:\n {2}short\.wav: /);
      // The data set of before is still there.
      expect(await lines(join(cwd, 'data', 'training.txt'))).toEqual(['a||']);
      expect((await readdir(cwd)).sort()).toEqual(['bad', 'data', 'empty', 'in', 'mine']);
    }));

  it('leaves nothing behind after Ctrl-C', () =>
    inFolder(async (cwd) => {
      for (let n = 0; n < 20; n++)
        await writeTone(join(cwd, 'in'), `${n}.wav`, { frequency: 300 + n });
      const controller = new AbortController();
      const now = () => {
        controller.abort();
        return 0;
      };
      const run = await runMain(['prepare', 'in', '-o', 'data'], {
        cwd,
        signal: controller.signal,
        now,
      });
      expect(run).toMatchObject({ code: 130, stdout: '' });
      expect(run.stderr).toMatch(/interrupted; nothing was written$/m);
      expect(await readdir(cwd)).toEqual(['in']);
    }));

  it('reports a full disk and cleans up', async (test) =>
    inFolder(async (cwd) => {
      await mkdir(join(cwd, 'small'));
      const mount = spawnSync('mount', [
        '-t',
        'tmpfs',
        '-o',
        'size=64k',
        'tmpfs',
        join(cwd, 'small'),
      ]);
      if (mount.status !== 0) test.skip('a small disk needs the right to mount one');
      try {
        for (let n = 0; n < 4; n++)
          await writeTone(join(cwd, 'in'), `${n}.wav`, { frequency: 300 + n });
        const run = await runMain(['prepare', 'in', '-o', 'small/data'], { cwd });
        expect(run).toMatchObject({ code: 1, stdout: '' });
        expect(run.stderr).toMatch(
          /^error: small\/data\/wavs\/\d\.wav: cannot be written: the disk is full; free some space/m,
        );
        expect(await readdir(join(cwd, 'small'))).toEqual([]);
      } finally {
        spawnSync('umount', [join(cwd, 'small')]);
      }
    }));
});
