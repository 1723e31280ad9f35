import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMelSpectrogram, melOptions, resample, writeWav } from '@hifigan/audio';
import { readNpy } from '@hifigan/checkpoint';
import { presets } from '@hifigan/config';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';

describe('hifigan mel', () => {
  it('writes [num_mels, frames] as the library computes it', () =>
    inFolder(async (cwd) => {
      const audio = await writeTone(cwd, 'a.wav', { format: 'float32' });
      expect(await runMain(['mel', 'a.wav', '-o', 'a.npy'], { cwd })).toEqual(
        expect.objectContaining({ code: 0, stdout: 'a.npy\n', stderr: '' }),
      );
      const { shape, data } = readNpy(await readFile(join(cwd, 'a.npy')));
      const mel = createMelSpectrogram(melOptions(presets.v1)).analyze(audio);
      expect(shape).toEqual([80, Math.floor(22050 / 256)]);
      expect(data).toBeInstanceOf(Float32Array);
      expect(data[5 * mel.frames + 7]).toBe(mel.data[7 * 80 + 5]);
      expect(data[79 * mel.frames + 85]).toBe(mel.data[85 * 80 + 79]);
    }));

  it('mixes channels and resamples with a notice', () =>
    inFolder(async (cwd) => {
      const audio = await writeTone(cwd, 'a.wav', {
        samplingRate: 16000,
        channels: 2,
        format: 'float32',
      });
      const run = await runMain(['mel', 'a.wav', '-o', 'a.npy', '--json'], { cwd });
      expect(run.stderr).toMatch(
        /note: a\.wav: resampled from 16000 to 22050 Hz; above 8000 Hz it has no sound/,
      );
      expect(run.stderr).toMatch(/^note: a\.wav: 2 channels, mixed into one$/m);
      const mel = createMelSpectrogram(melOptions(presets.v1)).analyze(
        resample(audio, 16000, 22050),
      );
      expect(JSON.parse(run.stdout)).toEqual({
        files: [{ in: 'a.wav', out: 'a.npy', frames: mel.frames, mels: 80, seconds: 1 }],
        failed: [],
      });
      const data = readNpy(await readFile(join(cwd, 'a.npy'))).data as Float32Array;
      const first = Float32Array.from({ length: 80 }, (_, band) => data[band * mel.frames]);
      expectClose(first, mel.data.subarray(0, 80), { max: 1e-5 });
    }));

  it('tells a float recording above full scale', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'a.wav', { loudness: 1.5, format: 'float32' });
      const run = await runMain(['mel', 'a.wav', '-o', 'a.npy'], { cwd });
      expect(run).toMatchObject({ code: 0, stdout: 'a.npy\n' });
      expect(run.stderr).toMatch(
        /^note: a\.wav: louder than full scale \(peak 1\.50, .*\); taken as it is, make it quieter for a better sound\n$/,
      );
    }));

  it('names the first of many recordings that are changed, and counts the others', () =>
    inFolder(async (cwd) => {
      for (const name of ['a', 'b', 'c', 'd', 'e'])
        await writeTone(cwd, `in/${name}.wav`, { seconds: 0.1, channels: 2 });
      await writeTone(cwd, 'in/f.wav', { seconds: 0.1 });
      const run = await runMain(['mel', 'in', '-o', 'out'], { cwd });
      const notes = run.stderr.split('\n').filter((line) => line.startsWith('note: '));
      expect(notes).toEqual([
        'note: in/a.wav: 2 channels, mixed into one',
        'note: in/b.wav: 2 channels, mixed into one',
        'note: in/c.wav: 2 channels, mixed into one',
        'note: 2 more recordings mixed from several channels',
      ]);
    }));

  it('refuses rates that no recording has', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'a.wav', { samplingRate: 10, seconds: 100 });
      const run = await runMain(['mel', 'a.wav', '-o', 'a.npy'], { cwd });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/^error: a\.wav: its header says 10 Hz and must say from 1000 to/);
    }));

  it('says of a cut-off recording what people can do', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'a.wav');
      await writeFile(join(cwd, 'a.wav'), (await readFile(join(cwd, 'a.wav'))).subarray(0, 1044));
      const run = await runMain(['mel', 'a.wav', '-o', 'a.npy'], { cwd });
      expect(run.stderr).toBe(
        'error: a.wav: it is cut off: its header speaks of 22050 samples, 500 are there. Copy it again\n',
      );
    }));

  it('takes folders, keeps their shape, tells what failed and goes on', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'in/x/a.wav');
      await writeTone(cwd, 'in/b.wav');
      await writeTone(cwd, 'in/tiny.wav', { seconds: 0.001 });
      await writeFile(join(cwd, 'in', 'broken.wav'), 'RIFF');
      const run = await runMain(['mel', 'in', '-o', 'out'], { cwd });
      expect(run).toMatchObject({ code: 1, stdout: 'out/b.npy\nout/x/a.npy\n' });
      expect(run.stderr).toMatch(/error: in\/broken\.wav: it is no recording that can be read/);
      expect(run.stderr).toMatch(/error: in\/tiny\.wav: 22 samples at 22050 Hz are too few/);
      expect(run.stderr).toMatch(/2 recordings failed/);
      expect((await readdir(join(cwd, 'out'))).sort()).toEqual(['b.npy', 'x']);
    }));

  it('reads and writes pipes', () =>
    inFolder(async (cwd) => {
      const input = writeWav({ samplingRate: 22050, channels: [new Float32Array(22050)] });
      const run = await runMain(['mel', '-', '-o', '-'], { cwd, input });
      const { shape, data } = readNpy(run.bytes);
      expect(shape).toEqual([80, 86]);
      // Silence: each band's sum of weights times the root of 1e-9 is above the floor only in wide bands.
      expect(Math.min(...(data as Float32Array))).toBeGreaterThanOrEqual(
        Math.fround(Math.log(1e-5)),
      );
      expect(await readdir(cwd)).toEqual([]);
      const words = await runMain(['mel', '-', '-o', '-'], {
        cwd,
        input: Buffer.from('some words'),
      });
      expect(words.stderr).toMatch(/^error: stdin: it is no recording that can be read/);
    }));

  it('keeps existing files, inputs and folders from harm', () =>
    inFolder(async (cwd) => {
      const mel = (...argv: string[]) => runMain(['mel', ...argv], { cwd });
      await writeTone(cwd, 'a.wav');
      await writeTone(cwd, 'b/a.wav');
      await writeFile(join(cwd, 'a.npy'), 'mine');
      expect((await mel('a.wav', '-o', 'a.npy')).stderr).toMatch(
        /a\.npy: exists already; .*--force/,
      );
      expect(await mel('a.wav', 'b/a.wav', '-o', 'out')).toMatchObject({ code: 2 });
      expect((await mel('a.wav', 'b/a.wav', '-o', 'out')).stderr).toMatch(
        /both would become out.a\.npy/,
      );
      expect((await mel('a.wav', 'b', '-o', 'c.npy')).stderr).toMatch(/must be a folder/);
      expect((await mel('a.wav', '-o', 'c.wav')).stderr).toMatch(/must end in \.npy/);
      expect((await mel('b', '-o', '-')).code).toBe(0);
      expect((await mel('a.wav', 'b', '-o', '-')).code).toBe(2);
      await mkdir(join(cwd, 'empty'));
      expect((await mel('empty', '-o', 'out')).stderr).toMatch(
        /empty: has no \.wav, \.flac, \.mp3, \.ogg or \.opus files; give others/,
      );
      expect((await mel('none.wav', '-o', 'out')).stderr).toMatch(
        /none\.wav: cannot be read: there is no such file/,
      );
      expect(await readFile(join(cwd, 'a.npy'), 'utf8')).toBe('mine');
      expect((await readdir(cwd)).sort()).toEqual(['a.npy', 'a.wav', 'b', 'empty']);
      expect((await mel('a.wav', '-o', 'a.npy', '--force')).code).toBe(0);
    }));

  it.skipIf(!existsSync('/dev/full'))('reports a full disk', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'a.wav');
      const run = await runMain(['mel', 'a.wav', '-o', '/dev/full'], { cwd });
      expect(run).toMatchObject({ code: 1, stdout: '' });
      expect(run.stderr).toMatch(/\/dev\/full: cannot be written: the disk is full/);
    }),
  );

  it('takes its configuration from the flag, then the variable', () =>
    inFolder(async (cwd) => {
      await writeTone(cwd, 'a.wav');
      const small = {
        ...presets.v1,
        num_mels: 40,
        hop_size: 128,
        upsample_rates: [8, 8, 2],
        upsample_kernel_sizes: [16, 16, 4],
      };
      await writeFile(join(cwd, 'small.json'), JSON.stringify(small));
      const env = { HIFIGAN_CONFIG: 'small.json' };
      const shapeWith = async (...argv: string[]) =>
        readNpy((await runMain(['mel', 'a.wav', '-o', '-', ...argv], { cwd, env })).bytes).shape;
      expect(await shapeWith()).toEqual([40, 172]);
      expect(await shapeWith('--config', 'v2')).toEqual([80, 86]);
    }));
});
