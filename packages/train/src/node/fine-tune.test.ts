import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '@hifigan/audio';
import { readSafetensors, writeNpy } from '@hifigan/checkpoint';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { writeMels } from '../testing/tiny-mels.js';
import { checkpointBytes, tinyRun, writeNoise } from '../testing/tiny-run.js';
import { Trainer } from '../trainer.js';
import { validate } from '../validation.js';
import { openRecordedClips } from './recorded-clips.js';
import type { RunOptions } from './run-options.js';
import { runTraining } from './run-training.js';

const { hop_size: HOP, num_mels: MELS, sampling_rate: samplingRate } = tinyConfig;
const IDS = ['a', 'b', 'c', 'd', 'e'];

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A tiny run with mels beside its recordings. */
async function tuningRun(folder: string, changes: Partial<RunOptions> = {}) {
  const mels = join(folder, 'mels');
  const run = await tinyRun(folder, { data: { mels }, maxSteps: 2, ...changes });
  await writeMels(mels, run.options.wavs, IDS);
  return { ...run, mels };
}

const clipsIn = (folder: string, ids: readonly string[]) =>
  openRecordedClips({
    ...{ ids, samplingRate, folder },
    mels: { folder, numMels: MELS, hopSize: HOP },
  });

describe('a clip with a mel from a file', () => {
  test('is the recording as it is, and the mel with time first', () =>
    inFolder(async (folder) => {
      await writeNoise(folder, 'a', 2000);
      const stored = (await writeMels(folder, folder, ['a'])).get('a')!;
      const { audio, mel } = await clipsIn(folder, ['a']).load(0);
      const wav = readWav(await readFile(join(folder, 'a.wav')));
      expect(audio).toEqual(wav.channels[0].slice(0, 31 * HOP));
      expect([mel!.frames, mel!.mels]).toEqual([31, MELS]);
      const expected = Array.from(
        { length: 31 * MELS },
        (_, i) => stored[(i % MELS) * 31 + Math.floor(i / MELS)],
      );
      expect([...mel!.data]).toEqual(expected);
    }));

  test.each([
    ['float64', Float64Array, [MELS, 31]],
    ['a batch of one', Float32Array, [1, MELS, 31]],
    ['one frame more', Float32Array, [MELS, 32]],
    ['one frame less', Float64Array, [1, MELS, 30]],
  ] as const)('may be %s', (_name, type, shape) =>
    inFolder(async (folder) => {
      await writeNoise(folder, 'a', 2000);
      const frames = shape[shape.length - 1];
      const data = new type(MELS * frames).map((_, i) => i % frames);
      await writeFile(join(folder, 'a.npy'), writeNpy({ shape, data }));
      const { audio, mel } = await clipsIn(folder, ['a']).load(0);
      const both = Math.min(31, frames);
      expect([audio.length, mel!.frames]).toEqual([both * HOP, both]);
      const rows = Array.from({ length: both * MELS }, (_, i) => Math.floor(i / MELS));
      expect([...mel!.data]).toEqual(rows);
    }),
  );
});

describe('a run that fine-tunes', () => {
  test('learns from the mels in the files, and is measured on them', () =>
    inFolder(async (folder) => {
      const validationFile = join(folder, 'validation.txt');
      const { options, lines, mels } = await tuningRun(folder, { validationFile });
      await writeFile(validationFile, 'a\nd\n');
      const { validation, losses } = await runTraining(options);
      expect(lines).toContain(`fine-tunes on the mels in ${mels}`);
      // The first step's weights and order are those of any run with this seed: only the data differ.
      const own = await tinyRun(join(folder, 'own'), { maxSteps: 2 });
      expect((await runTraining(own.options)).losses!.mel).not.toBeCloseTo(losses!.mel, 3);

      const clips = openRecordedClips({
        ...{ ids: ['a', 'd'], samplingRate, folder: options.wavs },
        mels: { folder: mels, numMels: MELS, hopSize: HOP },
      });
      const trainer = new Trainer({ config: options.config });
      const before = lines.find((line) => line.startsWith('validation after 0 steps'));
      const measured = await validate(trainer.generator, options.config, clips, { most: 20 });
      expect(before).toContain(`mel error ${measured.mel.toFixed(4)} over 2 clips`);
      expect(validation!.clips.map(({ id }) => id)).toEqual(['a', 'd']);
      trainer.dispose();
    }));

  test('may begin from the weights of a generator', () =>
    inFolder(async (folder) => {
      const first = await tinyRun(join(folder, 'first'), { maxSteps: 1 });
      const { checkpoint } = await runTraining(first.options);
      const { options, lines } = await tuningRun(folder, { initFrom: checkpoint!.generator });
      await runTraining(options);
      expect(lines).toContain(`weights of the generator from ${checkpoint!.generator}`);
    }));

  test('goes on with such mels, exactly', () =>
    inFolder(async (folder) => {
      const whole = await tuningRun(join(folder, 'whole'), { maxSteps: 5 });
      await runTraining(whole.options);
      const parts = await tuningRun(join(folder, 'parts'), { maxSteps: 3 });
      await runTraining(parts.options);
      await runTraining({ ...parts.options, maxSteps: 5 });
      const [a, b] = await Promise.all(
        [whole, parts].map(({ options }) => checkpointBytes(options.out, 4)),
      );
      expect(a.every((bytes, half) => bytes.equals(b[half]))).toBe(true);
      expect(parts.warnings).toEqual([]);
    }));

  test('does not go on without them in silence; told so, it does', () =>
    inFolder(async (folder) => {
      const { options, warnings } = await tuningRun(folder, { maxSteps: 1 });
      await runTraining(options);
      const { data: _, ...bare } = { ...options, maxSteps: 2 };
      await expect(runTraining(bare)).rejects.toThrow(
        /do_00000000\.safetensors: was trained on mels from files, so the run must be told where they are, .*--mels DIR.*--fine_tuning False/,
      );
      await runTraining({ ...bare, data: { mels: false } });
      expect(warnings).toEqual([
        'goes on with the mels of the recordings: until now it learned from those in files',
      ]);
      // From then on it is no fine-tuning.
      await runTraining({ ...bare, maxSteps: 3 });
      expect(warnings).toHaveLength(1);
    }));

  test('may go on from a run on the recordings’ own mels, and tells it', () =>
    inFolder(async (folder) => {
      const { options, warnings } = await tuningRun(folder, { maxSteps: 1 });
      const { data: _, ...bare } = options;
      await runTraining(bare);
      await runTraining({ ...options, maxSteps: 2 });
      expect(warnings).toEqual([
        'goes on with mels from files: until now it learned from those of the recordings',
      ]);
    }));

  test('finds what is wrong with the mels before any work', () =>
    inFolder(async (folder) => {
      const { options, mels } = await tuningRun(folder);
      const put = (id: string, shape: readonly number[]) => {
        const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
        return writeFile(join(mels, `${id}.npy`), writeNpy({ shape, data }));
      };
      await put('a', [MELS, 33]);
      await put('b', [31, MELS]);
      await put('c', [80, 31]);
      await writeFile(join(mels, 'd.npy'), 'no array');
      const { message } = await runTraining(options).then(
        () => new Error('it did not fail'),
        (error: Error) => error,
      );
      expect(message).toContain('4 of 5 recordings cannot be used');
      expect(message).toContain(
        `${join(mels, 'a.npy')}: it has 33 frames and must have 31, give or take one, because ${join(options.wavs, 'a.wav')} has 2000 samples and a frame is 64`,
      );
      expect(message).toMatch(/b\.npy: shape \[31, 12\] must be .* axes are swapped/);
      expect(message).toMatch(/c\.npy: shape \[80, 31\] has 80 mel bands and must have 12/);
      expect(message).toMatch(/d\.npy: not a readable \.npy file/);
      await rm(join(mels, 'b.npy'));
      await expect(runTraining(options)).rejects.toThrow(
        `${mels}: 1 of 5 mels must be there, but are not: ${join(mels, 'b.npy')}`,
      );
    }));
});

test('crops that see the audio beside them are kept by a run that goes on', () =>
  inFolder(async (folder) => {
    const { options, lines, warnings } = await tinyRun(folder, { maxSteps: 1 });
    await runTraining({ ...options, data: { cropContext: true } });
    await runTraining({ ...options, maxSteps: 2 });
    expect(lines.filter((line) => line === 'crops see the audio beside them')).toHaveLength(2);
    const file = join(options.out, 'do_00000001.safetensors');
    expect(readSafetensors(await readFile(file), file).metadata).toMatchObject({
      input_mels: 'recordings',
      crop_context: 'true',
    });
    expect(warnings).toEqual([]);
    await runTraining({ ...options, maxSteps: 3, data: { cropContext: false } });
    expect(warnings).toEqual([
      'goes on with crops that are mirrored: until now they saw the audio beside them',
    ]);
  }));
