import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expectClose, tinyConfig } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { writeNoise } from '../testing/tiny-run.js';
import { checkRecordings } from './check-recordings.js';
import { openRecordedClips } from './recorded-clips.js';

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../codecs/src/fixtures/${name}`, import.meta.url));

const open = (folder: string, ids: readonly string[], samplingRate = tinyConfig.sampling_rate) =>
  openRecordedClips({ folder, ids, samplingRate });

describe('recordings of a list', () => {
  test('may be FLAC beside or instead of WAV; the WAV is taken where both are there', () =>
    inFolder(async (folder) => {
      for (const [file, name] of [
        ['tone8.wav', 'a.wav'],
        ['tone8.flac', 'b.flac'],
        ['speech.flac', 'a.flac'],
      ]) {
        await copyFile(fixture(file), join(folder, name));
      }
      const ids = ['a', 'b'];
      const clips = open(folder, ids, 8000);
      const [a, b] = [await clips.load(0), await clips.load(1)];
      // The same recording without loss, peak-normalised.
      expect(b.audio).toEqual(a.audio);
      expect(Math.max(...a.audio.map(Math.abs))).toBeCloseTo(0.95, 6);
      const { lengths } = await checkRecordings({ folder, ids, samplingRate: 8000 });
      expect([...lengths]).toEqual([a, b].map(({ audio }) => audio.length / 8000));
    }));

  test.each(['mp3', 'ogg', 'opus', 'oga'])('may be %s', (kind) =>
    inFolder(async (folder) => {
      await copyFile(fixture(`speech.${kind}`), join(folder, `a.${kind}`));
      const rate = kind === 'opus' ? 48_000 : 16_000;
      const { audio } = await open(folder, ['a'], rate).load(0);
      const { seconds } = await checkRecordings({ folder, ids: ['a'], samplingRate: rate });
      expectClose([audio.length / rate], [seconds], { max: 1e-9 });
    }),
  );

  test('that are missing, damaged or of another rate are named', () =>
    inFolder(async (folder) => {
      await writeNoise(folder, 'a', 2000);
      expect(() => open(folder, ['a', 'b'])).toThrow(
        `${folder}: 1 of 2 recordings must be there, but are not: ${join(folder, 'b.wav')};`,
      );
      await copyFile(fixture('speech.flac'), join(folder, 'b.flac'));
      await expect(open(folder, ['b']).load(0)).rejects.toThrow(
        `${join(folder, 'b.flac')}: it has 16000 Hz and must have 8000`,
      );
      await writeFile(join(folder, 'c.flac'), 'fLaC and no more');
      await expect(open(folder, ['c']).load(0)).rejects.toThrow(join(folder, 'c.flac'));
    }));
});
