import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav, type WavFormat, writeWav } from '@hifigan/audio';
import { readNpy } from '@hifigan/checkpoint';
import { expect, test } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';

/** Stereo whose right channel is the left one times `factor`. */
async function writeStereo(path: string, factor: number, format: WavFormat = 'pcm16') {
  const left = Float32Array.from({ length: 11025 }, (_, i) => Math.sin(i / 10) / 2);
  const right = left.map((value) => factor * value);
  await writeFile(path, writeWav({ samplingRate: 22050, channels: [left, right] }, format));
}

const CURE = String.raw`its channels cancel each other when they are mixed; keep one of them: ffmpeg -i IN -af "pan=mono\|c0=c0" OUT\.wav`;

test.each<[WavFormat, number]>([
  ['pcm16', -1],
  ['float32', -1],
  // Louder than a step of 16 bits, and still 70 dB below what was said.
  ['float32', -0.9995],
])('prepare refuses a recording whose right is minus its left: %s, %d', (format, factor) =>
  inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'));
    await writeStereo(join(cwd, 'in', 'upside-down.wav'), factor, format);
    await writeStereo(join(cwd, 'in', 'usual.wav'), 0.5);
    // Quieter by half, and no more: it stays.
    await writeStereo(join(cwd, 'in', 'wide.wav'), -0.5);
    const run = await runMain(['prepare', 'in', '-o', 'data', '--json'], { cwd });
    expect(run.code).toBe(0);
    const { refused, accepted } = JSON.parse(run.stdout);
    expect(refused).toEqual([
      { file: 'upside-down.wav', reason: expect.stringMatching(`^silent: ${CURE}$`) },
    ]);
    expect(accepted.map(({ id }: { id: string }) => id)).toEqual(['usual', 'wide']);
    expect(run.stderr).toMatch(new RegExp(`^ {2}upside-down\\.wav: silent: ${CURE}$`, 'm'));
    expect((await readdir(join(cwd, 'data', 'wavs'))).sort()).toEqual(['usual.wav', 'wide.wav']);
  }),
);

test('a folder of nothing else is no data set', () =>
  inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'));
    await writeStereo(join(cwd, 'in', 'a.wav'), -1);
    const run = await runMain(['prepare', 'in', '-o', 'data'], { cwd });
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(
      /none of 1 recordings can be used:\n {2}a\.wav: silent: its channels/,
    );
    expect(await readdir(cwd)).toEqual(['in']);
  }));

test('mel and synth tell it, in place of the usual notice of a mix', () =>
  inFolder(async (cwd) => {
    await writeStereo(join(cwd, 'a.wav'), -1);
    const told = new RegExp(`^note: a\\.wav: ${CURE}$`, 'm');
    const mel = await runMain(['mel', 'a.wav', '-o', 'a.npy'], { cwd });
    expect(mel).toMatchObject({ code: 0, stdout: 'a.npy\n' });
    expect(mel.stderr).toMatch(told);
    expect(mel.stderr).not.toContain('mixed into one\n');
    // What is told is so: the mel is that of silence.
    const { data } = readNpy(await readFile(join(cwd, 'a.npy')));
    expect(Math.max(...(data as Float32Array))).toBeLessThan(-8);
    const synth = await runMain(['synth', 'a.wav', '-o', 'b.wav'], { cwd });
    expect(synth).toMatchObject({ code: 0, stdout: 'b.wav\n' });
    expect(synth.stderr).toMatch(told);
    expect(readWav(await readFile(join(cwd, 'b.wav'))).channels).toHaveLength(1);
  }));

test('mel takes stereo that only differs for what it is', () =>
  inFolder(async (cwd) => {
    await writeStereo(join(cwd, 'a.wav'), -0.5);
    const { stderr } = await runMain(['mel', 'a.wav', '-o', 'a.npy'], { cwd });
    expect(stderr).toBe('note: a.wav: 2 channels, mixed into one\n');
  }));

test('silence in several channels is silence, and no cancelling', () =>
  inFolder(async (cwd) => {
    await mkdir(join(cwd, 'in'));
    const silent = new Float32Array(11025);
    const bytes = writeWav({ samplingRate: 22050, channels: [silent, silent] });
    await writeFile(join(cwd, 'in', 'a.wav'), bytes);
    const run = await runMain(['prepare', 'in', '-o', 'data'], { cwd });
    expect(run.stderr).toMatch(/a\.wav: silent: no sample is louder than one step of 16 bits/);
  }));
