import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav } from '@hifigan/audio';
import { readNpy } from '@hifigan/checkpoint';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { writeRun } from '../testing/model.js';
import { inFolder, runMain } from '../testing/run-main.js';

/** The same 0.8 s of speech, as encoders that people use have written it. */
const FORMATS = ['wav', 'flac', 'oga', 'mp3', 'ogg', 'opus'];

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../codecs/src/fixtures/${name}`, import.meta.url));

async function copySpeech(folder: string, ...names: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of names) {
    await copyFile(fixture(`speech.${name.split('.').pop()?.toLowerCase()}`), join(folder, name));
  }
}

const reportOf = async (folder: string) =>
  JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));

describe('recordings of every format', () => {
  it('are prepared from one folder', () =>
    inFolder(async (cwd) => {
      for (const end of FORMATS) await copySpeech(join(cwd, 'in', end), `one.${end}`);
      // Upper case, as cameras and recorders write it, and another's name: the bytes tell.
      await copySpeech(join(cwd, 'in'), 'LOUD.MP3');
      await copyFile(fixture('tone24.flac'), join(cwd, 'in', 'wrong.wav'));
      await writeFile(join(cwd, 'in', 'film.m4a'), 'not opened');
      const run = await runMain(
        ['prepare', 'in', '-o', 'data', '-c', 'v1-16k', '--min-seconds', '0.05'],
        { cwd },
      );
      expect(run.code, run.stderr).toBe(0);
      const { accepted, refused } = await reportOf(join(cwd, 'data'));
      // FLAC and Ogg FLAC are WAV to the bit, and MP3 is there twice: the same sound.
      expect(accepted.map((one: { file: string }) => one.file)).toEqual([
        ...['wav/one.wav', 'wrong.wav', 'LOUD.MP3', 'ogg/one.ogg', 'opus/one.opus'],
      ]);
      expect(refused).toEqual([
        { file: 'flac/one.flac', reason: 'the same sound as wav/one.wav' },
        { file: 'mp3/one.mp3', reason: 'the same sound as LOUD.MP3' },
        { file: 'oga/one.oga', reason: 'the same sound as wav/one.wav' },
        { file: 'film.m4a', reason: expect.stringMatching(/cannot be read here; convert it/) },
      ]);
      const [speech] = readWav(await readFile(fixture('speech.wav'))).channels;
      for (const [id, max] of [
        ['wav_one', 0],
        ['LOUD', 0.2],
        ['ogg_one', 0.1],
        ['opus_one', 0.2],
      ] as const) {
        const wav = readWav(await readFile(join(cwd, 'data', 'wavs', `${id}.wav`)));
        expect(wav.samplingRate).toBe(16000);
        expect(wav.channels[0]).toHaveLength(speech.length);
        expectClose(wav.channels[0], speech, { max });
      }
    }));

  it('that differ by their ending alone get names of their own', () =>
    inFolder(async (cwd) => {
      await copySpeech(join(cwd, 'in'), 'a.mp3', 'a.ogg', 'a.wav');
      const run = await runMain(['prepare', 'in', '-o', 'data', '-c', 'v1-16k'], { cwd });
      expect(run.code).toBe(0);
      const { accepted } = await reportOf(join(cwd, 'data'));
      expect(accepted.map(({ id, file }: { id: string; file: string }) => [id, file])).toEqual([
        ['a', 'a.wav'],
        ['a-2', 'a.mp3'],
        ['a-3', 'a.ogg'],
      ]);
      expect(run.stderr).toMatch(
        /^note: 2 recordings have the name of another but for its ending \(a\.mp3, for one\): where they are the same, remove them/m,
      );
      const mel = await runMain(['mel', 'in', '-o', 'mels', '-c', 'v1-16k'], { cwd });
      expect(mel.code).toBe(2);
      expect(mel.stderr).toMatch(/in\/a\.mp3 and in\/a\.ogg: both would become mels\/a\.npy/);
    }));

  it('become mels and speech', () =>
    inFolder(async (cwd) => {
      await copySpeech(join(cwd, 'in'), ...FORMATS.map((end, index) => `${index}.${end}`));
      const run = await runMain(['mel', 'in', '-o', 'mels', '-c', 'v1-16k'], { cwd });
      expect(run.code, run.stderr).toBe(0);
      expect(run.stderr).toMatch(/5\.opus: resampled from 48000 to 16000 Hz/);
      const mels = await Promise.all(
        FORMATS.map(async (_, index) => readNpy(await readFile(join(cwd, 'mels', `${index}.npy`)))),
      );
      for (const mel of mels) expect(mel.shape).toEqual(mels[0].shape);
      // FLAC is WAV.
      expect(mels[1]).toEqual(mels[0]);
      expect(mels[2]).toEqual(mels[0]);
      await writeRun(join(cwd, 'run'));
      const synth = ['synth', 'in/3.mp3', '-o', 'b.wav', '--checkpoint', 'run', '--backend', 'cpu'];
      const spoken = await runMain(synth, { cwd });
      expect(spoken).toMatchObject({ code: 0, stdout: 'b.wav\n' });
      const piped = await runMain(['mel', '-', '-o', '-', '-c', 'v1-16k'], {
        cwd,
        input: await readFile(fixture('speech.ogg')),
      });
      expect(readNpy(piped.bytes)).toEqual(mels[4]);
    }));

  it('are told by info', async () => {
    for (const [end, format] of [
      ['flac', 'flac16'],
      ['mp3', 'mp3'],
      ['ogg', 'vorbis'],
      ['opus', 'opus'],
    ]) {
      const run = await runMain(['info', fixture(`speech.${end}`), '--json']);
      expect(JSON.parse(run.stdout)).toMatchObject({ kind: 'recording', format, seconds: 0.8 });
    }
    const bare = await runMain(['info', fixture('bare.mp3')]);
    expect(bare.stdout).toMatch(/: recording\nlength .*14,?400 samples/);
  });

  it('are compared with each other', () =>
    inFolder(async (cwd) => {
      for (const end of FORMATS) await copySpeech(join(cwd, end), `one.${end}`);
      const systems = FORMATS.flatMap((end) => ['--system', `${end}=${end}`]);
      const argv = ['eval', 'wav', ...systems, '-c', 'v1-16k', '--measures', 'stoi', '--json'];
      const run = await runMain(argv, { cwd });
      expect(run.code, run.stderr).toBe(0);
      for (const { name, measures } of JSON.parse(run.stdout).systems) {
        const least = ['wav', 'flac', 'oga'].includes(name) ? 1 - 1e-9 : 0.97;
        expect(measures.stoi.mean, name).toBeGreaterThan(least);
      }
    }));

  it('that are cut off are refused and told, the others go on', () =>
    inFolder(async (cwd) => {
      await writeTone(join(cwd, 'in'), 'good.wav', { samplingRate: 16000 });
      for (const end of FORMATS) {
        const bytes = await readFile(fixture(`speech.${end}`));
        await writeFile(join(cwd, 'in', `${end}.${end}`), bytes.subarray(0, bytes.length / 2));
      }
      const run = await runMain(['prepare', 'in', '-o', 'data', '-c', 'v1-16k'], { cwd });
      expect(run.code).toBe(0);
      const { accepted, refused } = await reportOf(join(cwd, 'data'));
      expect(accepted).toHaveLength(1);
      expect(refused).toHaveLength(6);
      for (const { reason } of refused) expect(reason).toMatch(/^it is cut off/);
      // All are counted, the first are named, and where the rest is told.
      expect(run.stderr).toMatch(/refused {5}6 files\n/);
      expect(run.stderr).toMatch(/^ {2}and 1 more: data\/report\.json$/m);
    }));
});
