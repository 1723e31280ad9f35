import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createMelSpectrogram, melOptions, melToArray, readWav, writeWav } from '@hifigan/audio';
import { readNpy, writeNpy } from '@hifigan/checkpoint';
import { tinyConfig, uniform } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { inFolder, runMain } from '../testing/run-main.js';
import { generatorOf, MEL_ONLY } from '../testing/train.js';

const { sampling_rate: samplingRate, hop_size: HOP, num_mels: MELS } = tinyConfig;
const spectrogram = createMelSpectrogram(melOptions(tinyConfig));
const SAMPLES = 50 * HOP + 10;

/** Noise that swells and fades, so that it has changes in time; and its mel as another model may have made it. */
async function writePair(
  cwd: string,
  id: string,
  { seed = id.charCodeAt(0), mel = id.replace(/^.*\//, ''), skip = 0, scale = 1 } = {},
): Promise<void> {
  const noise = uniform(SAMPLES, seed);
  const swell = uniform(60, seed + 1);
  const audio = noise.map((value, i) => 0.4 * value * Math.abs(swell[Math.floor(i / HOP)]));
  const path = join(cwd, 'in', `${id}.wav`);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, writeWav({ samplingRate, channels: [audio] }));
  const { data, frames } = spectrogram.analyze(audio);
  const array = melToArray({
    data: data.slice(skip * MELS).map((value) => scale * value),
    ...{ frames: frames - skip, mels: MELS },
  });
  await mkdir(join(cwd, 'mels'), { recursive: true });
  await writeFile(join(cwd, 'mels', `${mel}.npy`), writeNpy(array));
}

const inWorkshop = (
  work: (cwd: string, prepare: (...more: string[]) => ReturnType<typeof runMain>) => Promise<void>,
) =>
  inFolder(async (cwd) => {
    await writeFile(join(cwd, 'tiny.json'), JSON.stringify({ ...tinyConfig, batch_size: 1 }));
    const argv = ['prepare', '--finetune', 'mels', 'in', '-o', 'data', '-c', 'tiny.json'];
    await work(cwd, (...more) => runMain([...argv, ...more], { cwd }));
  });

describe('hifigan prepare --finetune', () => {
  it('makes a data set of recordings and mels that train then fine-tunes on by itself', () =>
    inWorkshop(async (cwd, prepare) => {
      for (const id of ['a', 'b', 'c', 'speaker/d']) await writePair(cwd, id);
      const { code, stdout, stderr } = await prepare('--validation-fraction', '0.25');
      expect([code, stdout]).toEqual([0, 'data\n']);
      expect(stderr).toMatch(
        /training {4}3 recordings, .*\nvalidation {2}1 recording, .*\nrefused {5}none/,
      );
      expect((await readdir(join(cwd, 'data', 'mels'))).sort()).toEqual(
        ['a', 'b', 'c', 'speaker_d'].map((id) => `${id}.npy`),
      );
      const wav = readWav(await readFile(join(cwd, 'data', 'wavs', 'speaker_d.wav')));
      const mel = readNpy(await readFile(join(cwd, 'data', 'mels', 'speaker_d.npy')));
      expect([wav.channels[0].length, mel.shape]).toEqual([50 * HOP, [MELS, 50]]);
      expect(mel).toEqual(readNpy(await readFile(join(cwd, 'mels', 'd.npy'))));
      const report = JSON.parse(await readFile(join(cwd, 'data', 'report.json'), 'utf8'));
      expect(report.mels).toEqual({ num_mels: MELS, hop_size: HOP, corrected: false });
      expect(report.accepted.map(({ mel }: { mel: object }) => mel)).toContainEqual({
        ...{ file: 'd.npy', frames: 50 },
        correlation: expect.closeTo(1, 2),
      });
      expect(JSON.parse((await runMain(['info', 'data', '--json'], { cwd })).stdout)).toMatchObject(
        {
          kind: 'data set',
          mels: { num_mels: MELS },
        },
      );

      const train = ['train', 'data', '-c', 'tiny.json', ...MEL_ONLY];
      const plan = await runMain([...train, '-o', 'run', '--dry-run'], { cwd });
      expect(plan.stdout).toContain(`from the files in ${join(cwd, 'data', 'mels')}: fine-tuning`);
      const run = await runMain([...train, '-o', 'run', '--max-steps', '2'], { cwd });
      expect([run.code, run.stdout]).toEqual([0, `${generatorOf(cwd, 1)}\n`]);
      expect(run.stderr).toContain(`fine-tunes on the mels in ${join(cwd, 'data', 'mels')}`);
      // It may be told not to.
      const own = await runMain(
        [...train, '-o', 'own', '--max-steps', '1', '--fine_tuning', 'False'],
        { cwd },
      );
      expect(own.code).toBe(0);
      expect(own.stderr).not.toContain('fine-tunes');
    }));

  it('refuses pairs that do not fit, with the reason, and goes on', () =>
    inWorkshop(async (cwd, prepare) => {
      await writePair(cwd, 'good');
      await writePair(cwd, 'alone');
      await rm(join(cwd, 'mels', 'alone.npy'));
      await writePair(cwd, 'spare', { mel: 'other' });
      await writePair(cwd, 'shifted', { skip: 1 });
      await writePair(cwd, 'ten', { scale: 1 / Math.LN10 });
      await writePair(cwd, 'broken');
      await writeFile(join(cwd, 'mels', 'broken.npy'), 'no array');
      const { code, stdout } = await prepare('--json');
      expect(code).toBe(0);
      const reasons = Object.fromEntries(
        JSON.parse(stdout).refused.map((r: { file: string; reason: string }) => [r.file, r.reason]),
      );
      expect(reasons).toEqual({
        'alone.wav': 'has no mel: alone.npy is not there',
        'spare.wav': 'has no mel: spare.npy is not there',
        'other.npy': 'has no recording of its name',
        'shifted.npy': expect.stringMatching(/^it lies 1 frame early \(correlation 1\.00 there/),
        'ten.npy': expect.stringMatching(
          /^its values are logarithms of base 10, .* 2\.30 × these values/,
        ),
        'broken.npy': expect.stringMatching(/^not a readable \.npy file/),
      });
    }));

  it('--correct mends shifts and logarithms, and says so', () =>
    inWorkshop(async (cwd, prepare) => {
      await writePair(cwd, 'a');
      await writePair(cwd, 'b', { skip: 1 });
      await writePair(cwd, 'c', { scale: 1 / Math.LN10 });
      const { code, stderr } = await prepare('--correct');
      expect(code).toBe(0);
      expect(stderr).toContain('1 mel had logarithms of base 10, which were converted');
      expect(stderr).toContain('1 mel of 3 lay 1 frame early: both were cut so that they fit');
      const wav = async (id: string) =>
        readWav(await readFile(join(cwd, 'data', 'wavs', `${id}.wav`))).channels[0];
      const source = readWav(await readFile(join(cwd, 'in', 'b.wav'))).channels[0];
      expect(await wav('b')).toEqual(source.slice(HOP, 50 * HOP));
    }));

  it('refuses what makes no sense before any work', () =>
    inWorkshop(async (cwd, prepare) => {
      await writePair(cwd, 'a');
      const without = await runMain(['prepare', 'in', '-o', 'data', '--correct'], { cwd });
      expect(without).toMatchObject({ code: 2 });
      expect(without.stderr).toContain('--correct: must go with --finetune');
      expect((await prepare('--sampling-rate', '16000')).code).toBe(2);
      await rm(join(cwd, 'mels', 'a.npy'));
      const none = await prepare();
      expect(none.code).toBe(1);
      expect(none.stderr).toContain('mels: has no mels; give a folder with .npy files');
      expect(await readdir(cwd)).not.toContain('data');
    }));

  it('ends with the reasons where no pair is good', () =>
    inWorkshop(async (cwd, prepare) => {
      await writePair(cwd, 'a', { scale: 1 / Math.LN10 });
      const { code, stderr } = await prepare();
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /no recording has a mel that can be used:\n {2}a\.npy: its values are/,
      );
    }));
});
