import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readWav, writeWav } from '@hifigan/audio';
import { describe, expect, it } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';

const RATE = 22050;
const lines = async (path: string) => (await readFile(path, 'utf8')).split('\n').filter(Boolean);
const reportOf = async (folder: string) =>
  JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));

/** Tones and silence by turns: seconds, and how loud. */
async function writeParts(path: string, ...parts: readonly (readonly [number, number])[]) {
  const audio = Float32Array.from(
    parts.flatMap(([seconds, loudness]) =>
      Array.from(
        { length: Math.round(seconds * RATE) },
        (_, i) => loudness * Math.sin((2 * Math.PI * 440 * i) / RATE),
      ),
    ),
  );
  await mkdir(dirname(path), { recursive: true });
  const wav = writeWav({ samplingRate: RATE, channels: [audio] });
  await writeFile(path, wav);
  // As 16 bits hold it.
  return readWav(wav).channels[0];
}

const wavOf = async (cwd: string, id: string) =>
  readWav(await readFile(join(cwd, 'data', 'wavs', `${id}.wav`))).channels[0];

describe('hifigan prepare --trim', () => {
  it('cuts the silence at both ends and keeps a margin, only where it is asked', () =>
    inFolder(async (cwd) => {
      const audio = await writeParts(join(cwd, 'in', 'a.wav'), [1, 0.001], [1, 0.5], [2, 0.001]);
      const plain = await runMain(['prepare', 'in', '-o', 'data'], { cwd });
      expect(plain.code).toBe(0);
      expect(await wavOf(cwd, 'a')).toHaveLength(audio.length);
      const argv = ['prepare', 'in', '-o', 'data', '--force', '--trim', '40'];
      const run = await runMain([...argv, '--trim-margin', '0.2'], { cwd });
      expect(run.code).toBe(0);
      const [{ begins, seconds, trimmed }] = (await reportOf(join(cwd, 'data'))).accepted;
      // The tone, a margin at each side, and what is left of the frames that hear it.
      expect(begins).toBeGreaterThan(1 - 0.2 - 0.1);
      expect(begins).toBeLessThanOrEqual(1 - 0.2);
      expect(seconds).toBeGreaterThanOrEqual(1.4);
      expect(seconds).toBeLessThan(1.4 + 0.2);
      expect(trimmed).toBeCloseTo(4 - seconds, 9);
      const start = Math.round(begins * RATE);
      const kept = await wavOf(cwd, 'a');
      expect(kept).toEqual(audio.subarray(start, start + kept.length));
      expect(run.stderr).toMatch(
        /^note: 2\.\d s of silence were cut from the ends of recordings$/m,
      );
    }));

  it('refuses what is too short without its silence', () =>
    inFolder(async (cwd) => {
      await writeParts(join(cwd, 'in', 'click.wav'), [1, 0], [0.02, 0.5], [1, 0]);
      await writeParts(join(cwd, 'in', 'good.wav'), [1, 0.5]);
      const argv = ['prepare', 'in', '-o', 'data', '--trim', '60', '--trim-margin', '0'];
      expect((await runMain(argv, { cwd })).code).toBe(0);
      expect((await reportOf(join(cwd, 'data'))).refused).toEqual([
        {
          file: 'click.wav',
          reason: expect.stringMatching(
            /^0\.\d\d s long without the silence at its ends, and 0\.3 s are the least \(--min-seconds\)$/,
          ),
        },
      ]);
    }));
});

describe('hifigan prepare --max-seconds', () => {
  it('splits where it is quiet, loses nothing, and keeps pieces together', () =>
    inFolder(async (cwd) => {
      const audio = await writeParts(
        join(cwd, 'in', 'long.wav'),
        ...[
          [1.5, 0.5],
          [0.3, 0],
          [1.4, 0.4],
          [0.3, 0.001],
          [0.9, 0.5],
        ].map(([seconds, loudness]) => [seconds, loudness] as const),
      );
      await writeTone(join(cwd, 'in'), 'short.wav');
      await writeTone(join(cwd, 'in'), 'long_2.wav', { frequency: 300 });
      const run = await runMain(
        ['prepare', 'in', '-o', 'data', '--max-seconds', '2', '--validation-fraction', '0.5'],
        { cwd },
      );
      expect(run.code, run.stderr).toBe(0);
      const report = await reportOf(join(cwd, 'data'));
      const pieces = report.accepted.filter((one: { file: string }) => one.file === 'long.wav');
      // A name that is taken by a file stays the file's.
      expect(pieces.map(({ id }: { id: string }) => id)).toEqual(['long_1', 'long_2-2', 'long_3']);
      const samples = await Promise.all(pieces.map(({ id }: { id: string }) => wavOf(cwd, id)));
      const joined = samples.flatMap((piece) => [...piece]);
      expect(Float32Array.from(joined)).toEqual(audio);
      const cuts = pieces.slice(1).map(({ begins }: { begins: number }) => begins);
      expect(cuts[0]).toBeGreaterThan(1.5);
      expect(cuts[0]).toBeLessThan(1.8);
      expect(cuts[1]).toBeGreaterThan(3.2);
      expect(cuts[1]).toBeLessThan(3.5);
      const held = await lines(join(cwd, 'data', 'validation.txt'));
      const ofLong = held.filter((line) =>
        pieces.some(({ id }: { id: string }) => line === `${id}||`),
      );
      expect([0, 3]).toContain(ofLong.length);
      expect(run.stderr).toMatch(/^note: 5 recordings were made of 3, as longer ones were split$/m);
      const wrong = await runMain(['prepare', 'in', '-o', 'x', '--max-seconds', '0.5'], { cwd });
      expect(wrong).toMatchObject({ code: 2 });
      expect(wrong.stderr).toMatch(
        /--max-seconds 0\.5: must be at least twice --min-seconds \(0\.3\)/,
      );
    }));
});

describe('hifigan prepare --split-by speaker', () => {
  const speakers = { anna: 4, bert: 3, cleo: 5, dora: 2 };

  const writeSpeakers = async (cwd: string) => {
    let frequency = 200;
    for (const [speaker, count] of Object.entries(speakers)) {
      for (let n = 0; n < count; n++) {
        await writeTone(join(cwd, 'in'), `${speaker}/book/${n}.wav`, { frequency: frequency++ });
      }
    }
  };
  const speakersOf = (list: readonly string[]) => [
    ...new Set(list.map((line) => line.split('_')[0])),
  ];

  it('trains on nobody who is held out, and tells how much there is of each', () =>
    inFolder(async (cwd) => {
      await writeSpeakers(cwd);
      for (const seed of ['1', '2', '3']) {
        const argv = [
          'prepare',
          'in',
          '-o',
          'data',
          '--force',
          '--split-by',
          'speaker',
          '--seed',
          seed,
        ];
        const run = await runMain([...argv, '--validation-fraction', '0.3'], { cwd });
        expect(run.code, run.stderr).toBe(0);
        const training = await lines(join(cwd, 'data', 'training.txt'));
        const validation = await lines(join(cwd, 'data', 'validation.txt'));
        expect(training.length + validation.length).toBe(14);
        expect(validation.length).toBeGreaterThan(0);
        expect(validation.length).toBeLessThanOrEqual(6);
        const held = speakersOf(validation);
        expect(speakersOf(training).filter((speaker) => held.includes(speaker))).toEqual([]);
        const report = await reportOf(join(cwd, 'data'));
        expect(report.speakers).toEqual(
          Object.entries(speakers).map(([speaker, recordings]) => ({
            ...{ speaker, recordings, seconds: recordings },
            part: held.includes(speaker) ? 'validation' : 'training',
          })),
        );
        const counts = `${4 - held.length} in training, ${held.length} held out`;
        expect(run.stderr).toContain(`${counts}: `);
        const info = await runMain(['info', 'data'], { cwd });
        expect(info.stdout).toContain(counts);
      }
    }));

  it('takes speakers from a list, and those to hold out by name', () =>
    inFolder(async (cwd) => {
      for (const [index, id] of ['x1', 'x2', 'y1', 'y2'].entries()) {
        await writeTone(join(cwd, 'in'), `${id}.wav`, { frequency: 300 + index });
      }
      await writeFile(join(cwd, 'who.txt'), '\uFEFFx1.flac|X|words\r\nx2|X\r\n\r\ny1|Y\ny2|Y\n');
      await writeFile(join(cwd, 'held.txt'), 'Y\n');
      const argv = ['prepare', 'in', '-o', 'data', '--speakers', 'who.txt'];
      const run = await runMain([...argv, '--holdout', 'held.txt'], { cwd });
      expect(run.code, run.stderr).toBe(0);
      expect(await lines(join(cwd, 'data', 'validation.txt'))).toEqual(['y1||', 'y2||']);
      await writeFile(join(cwd, 'held.txt'), 'y1\n');
      const wrong = await runMain([...argv, '--force', '--holdout', 'held.txt'], { cwd });
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toMatch(
        /--holdout held\.txt: y1: there is no such speaker.*it names speakers, such as X/,
      );
      for (const [text, expected] of [
        ['x1|X\n', /of x2\.wav \(x2\), y1\.wav \(y1\), y2\.wav \(y2\) the speaker is not known/],
        ['x1\n', /who\.txt: line 1 must be id\|speaker, and is x1/],
        ['x1|X\nx1|Y\n', /who\.txt: line 2: x1 is Y, but was X/],
      ] as const) {
        await writeFile(join(cwd, 'who.txt'), text);
        const refused = await runMain([...argv, '--force'], { cwd });
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(expected);
      }
      const contrary = await runMain([...argv, '--split-by', 'recording'], { cwd });
      expect(contrary).toMatchObject({ code: 2 });
    }));

  it('refuses recordings whose speaker no folder tells, before any work', () =>
    inFolder(async (cwd) => {
      await writeTone(join(cwd, 'in'), 'anna/a.wav');
      await writeTone(join(cwd, 'in'), 'stray.wav', { frequency: 300 });
      const run = await runMain(['prepare', 'in', '-o', 'data', '--split-by', 'speaker'], { cwd });
      expect(run.code).toBe(1);
      expect(run.stderr).toMatch(/of stray\.wav \(stray\) the speaker is not known/);
      expect(await readdir(cwd)).toEqual(['in']);
    }));
});

describe('hifigan prepare tells', () => {
  it('of clipped recordings, and names the worst', () =>
    inFolder(async (cwd) => {
      const clipped = (gain: number) =>
        Float32Array.from({ length: RATE }, (_, i) =>
          Math.max(-1, Math.min(32767 / 32768, gain * Math.sin(i / 20))),
        );
      await mkdir(join(cwd, 'in'));
      for (const [name, gain] of [
        ['bad', 1.5],
        ['worse', 3],
        ['good', 0.99],
      ] as const) {
        const wav = writeWav({ samplingRate: RATE, channels: [clipped(gain)] });
        await writeFile(join(cwd, 'in', `${name}.wav`), wav);
      }
      const run = await runMain(['prepare', 'in', '-o', 'data'], { cwd });
      expect(run.code).toBe(0);
      // A sine of 3 is beyond 1 for all but 2·asin(1/3)/π of its time.
      const share = 100 * (1 - (2 * Math.asin(1 / 3)) / Math.PI);
      const told =
        /2 recordings clipped, the worst worse\.wav \((\d+\.\d)% of its samples are flat\)/;
      expect(run.stderr).toMatch(told);
      expect(Number(told.exec(run.stderr)?.[1])).toBeCloseTo(share, 0);
      const { accepted } = await reportOf(join(cwd, 'data'));
      expect(accepted.map(({ clipped: is }: { clipped?: number }) => is !== undefined)).toEqual([
        true,
        false,
        true,
      ]);
    }));
});
