import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMelSpectrogram, melOptions, melToArray, readWav } from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { BASE, inTrainWorkshop } from '../testing/train.js';

/** Mels of the workshop's recordings. */
async function writeMels(folder: string, name: string): Promise<void> {
  const { analyze } = createMelSpectrogram(melOptions(tinyConfig));
  await mkdir(join(folder, name), { recursive: true });
  for (const id of ['a', 'b', 'c', 'd']) {
    const wav = readWav(await readFile(join(folder, 'data', 'wavs', `${id}.wav`)));
    const bytes = writeNpy(melToArray(analyze(wav.channels[0])));
    await writeFile(join(folder, name, `${id}.npy`), bytes);
  }
}

const ONE_STEP = ['--max-steps', '1'];
const TUNES = /fine-tunes on the mels in/;

describe('hifigan train on mels from files', () => {
  test.each([
    ['--mels', 'ft'],
    ['--fine_tuning', 'True', '--input_mels_dir', 'ft'],
    ['--fine_tuning', 'true', '--mels', 'ft'],
  ])('%s %s %s %s', (...options) =>
    inTrainWorkshop(async (train, folder) => {
      await writeMels(folder, 'ft');
      const { code, stderr } = await train(...BASE, ...ONE_STEP, ...options);
      expect(code).toBe(0);
      expect(stderr).toContain(`fine-tunes on the mels in ${join(folder, 'ft')}`);
    }),
  );

  test('--fine_tuning True alone takes the folder that the reference takes, where it is there', () =>
    inTrainWorkshop(async (train, folder) => {
      const missing = await train(...BASE, ...ONE_STEP, '--fine_tuning', 'True');
      expect(missing.code).toBe(2);
      expect(missing.stderr).toContain('must come with --input_mels_dir <folder>');
      expect(await readdir(folder)).not.toContain('run');
      await writeMels(folder, 'ft_dataset');
      const { code, stderr } = await train(...BASE, ...ONE_STEP, '--fine_tuning', 'True');
      expect([code, TUNES.test(stderr)]).toEqual([0, true]);
    }));

  test('False is false, and no text is', () =>
    inTrainWorkshop(async (train, folder) => {
      await writeMels(folder, 'ft');
      const own = await train(
        ...[...BASE, ...ONE_STEP, '--fine_tuning', 'False', '--input_mels_dir', 'ft'],
      );
      expect([own.code, TUNES.test(own.stderr)]).toEqual([0, false]);
      expect(own.stderr).toContain('--input_mels_dir is passed over');
      const both = await train(...BASE, '--fine_tuning', 'False', '--mels', 'ft');
      expect(both.code).toBe(2);
      expect(both.stderr).toContain('--mels ft: must not go with --fine_tuning False');
      expect((await train(...BASE, '--fine_tuning', 'perhaps')).code).toBe(2);
      const nowhere = await train(...BASE, '--mels', 'nowhere');
      expect(nowhere.code).toBe(1);
      expect(nowhere.stderr).toContain('--mels nowhere: must be a folder');
    }));

  test('a run does not go on without them in silence', () =>
    inTrainWorkshop(async (train, folder) => {
      await writeMels(folder, 'ft');
      await train(...BASE, ...ONE_STEP, '--mels', 'ft');
      const silent = await train(...BASE, '--max-steps', '2');
      expect(silent.code).toBe(1);
      expect(silent.stderr).toContain('was trained on mels from files');
      const told = await train(...BASE, '--max-steps', '2', '--fine_tuning', 'False');
      expect(told.code).toBe(0);
      expect(told.stderr).toContain('goes on with the mels of the recordings');
    }));

  test('mels of a data set that nobody looked at are told and passed over', () =>
    inTrainWorkshop(async (train, folder) => {
      await writeMels(folder, 'ft');
      await rename(join(folder, 'ft'), join(folder, 'data', 'mels'));
      const { code, stderr } = await train(...BASE, ...ONE_STEP);
      expect([code, TUNES.test(stderr)]).toEqual([0, false]);
      expect(stderr).toContain('data/mels is passed over');
    }));

  test('the plan tells crops and threads', () =>
    inTrainWorkshop(async (train) => {
      const { stdout } = await train(
        ...[...BASE, '--dry-run', '--crop-context', '--set', 'num_workers=1'],
      );
      expect(stdout).toMatch(
        /mel .*\(batch, frames, bands\), which see the audio beside their crop/,
      );
      expect(stdout).toMatch(/reading {9}1 thread, ahead of the steps/);
    }));
});
