import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { BASE, generatorOf, inTrainWorkshop } from '../testing/train.js';

describe('wrong usage ends with 2 before anything is made', () => {
  test.each([
    [
      [...BASE, '--set', 'bach_size=2'],
      '--set bach_size=2: must be key=value with a key of the configuration, such as batch_size=8; did you mean batch_size?',
    ],
    [[...BASE, '--set', 'learningrate=1e-4'], 'did you mean learning_rate?'],
    [[...BASE, '--set', 'batch_size'], '--set batch_size: must be key=value'],
    [[...BASE, '--set', 'batch_size=many'], 'batch_size'],
    [[...BASE, '--set', 'hop_size=100'], 'hop_size'],
    [[...BASE, '--fine_tuning', 'True'], '--input_mels_dir'],
    [[...BASE, '--max-steps', '-1'], '--max-steps'],
    [[...BASE, '--max-minutes', 'soon'], '--max-minutes'],
    [[...BASE, '--stdout_interval', '0'], '--stdout_interval'],
    [[...BASE, '--keep-last', '0'], '--keep-last'],
    [[...BASE, '--clip-norm', '-1'], '--clip-norm'],
    [[...BASE, '--ema', '1'], 'It must be below 1'],
    [[...BASE, '--learning-rate-d', '0'], '--adversarial-start leaves the discriminators out'],
    [[...BASE, '--micro-batch', '0'], 'whole number of at least 1'],
    [[...BASE, '--epochs', '3'], "unknown option '--epochs'"],
    [[...BASE, '--checkpoint_path', 'other'], '--out and --checkpoint_path'],
    [[...BASE, '--batch_size', '3'], 'say --set batch_size=VALUE'],
    [[...BASE, '--learning-rate=1e-4'], 'say --set learning_rate=VALUE'],
  ])('%j', async (options, expected) => {
    await inTrainWorkshop(async (train, folder) => {
      const { code, stdout, stderr } = await train(...options);
      expect(stderr).toContain(expected);
      expect(code).toBe(2);
      expect(stdout).toBe('');
      expect(await readdir(folder)).not.toContain('run');
    });
  });
});

describe('what is wrong in the world ends with 1', () => {
  test('no data named, and none where the reference’s trainer looks', async () => {
    await inTrainWorkshop(async (train, folder) => {
      const run = ['--config', 'tiny.json', '--out', 'run'];
      const { code, stderr } = await train(...run);
      expect(code).toBe(1);
      expect(stderr).toContain(
        'LJSpeech-1.1/wavs and LJSpeech-1.1/training.txt: are not there, where the reference’s trainer looks; name the folder of a data set (hifigan train DATA, see hifigan prepare), or --input_wavs_dir and --input_training_file',
      );
      const half = await train(...run, '--input_wavs_dir', 'data/wavs');
      expect(half.stderr).toContain('LJSpeech-1.1/training.txt: is not there');
      expect(await readdir(folder)).not.toContain('run');
    });
  });

  const cases: [string, (folder: string) => Promise<unknown>, RegExp, string?][] = [
    [
      'no data set',
      (folder) => rm(join(folder, 'data'), { recursive: true }),
      /data: there is no such folder; make a data set .* hifigan prepare RECORDINGS -o data$/,
    ],
    [
      'recordings that nobody prepared',
      (folder) => rm(join(folder, 'data', 'training.txt')),
      /data: has no training\.txt, and so is no data set; make one with: hifigan prepare data/,
    ],
    [
      'a folder in place of the list',
      () => Promise.resolve(),
      /data: is a folder, where a list of recordings \(one a line: id\|text\) is needed/,
      '--input_training_file=data',
    ],
    [
      'a recording in place of the list',
      () => Promise.resolve(),
      /a\.wav: is no text, where a list of recordings/,
      '--input_validation_file=data/wavs/a.wav',
    ],
    [
      'a file in place of the recordings',
      () => Promise.resolve(),
      /--input_wavs_dir tiny\.json: must be a folder/,
      '--input_wavs_dir=tiny.json',
    ],
    [
      'an empty list',
      (folder) => writeFile(join(folder, 'data', 'training.txt'), ''),
      /training\.txt: names no recordings/,
    ],
    [
      'a missing recording',
      (folder) => rm(join(folder, 'data', 'wavs', 'b.wav')),
      /1 of 3 recordings must be there, but are not: .*b\.wav/,
    ],
    [
      'recordings of another rate',
      (folder) => writeTone(join(folder, 'data', 'wavs'), 'd.wav', { seconds: 0.2 }),
      /d\.wav: it has 22050 Hz and must have 8000.*hifigan prepare/,
    ],
    [
      'a folder that is a file',
      (folder) => writeFile(join(folder, 'run'), 'x'),
      /run: cannot be written, because .*run is a file, where a folder must be/,
    ],
    [
      'weights of PyTorch’s',
      (folder) => writeFile(join(folder, 'foreign.pth'), Uint8Array.of(0x80, 2, 0x8a, 0x0a)),
      /foreign\.pth: not a readable PyTorch file: .*copy or download it again/,
      '--init-from=foreign.pth',
    ],
    [
      'half a checkpoint',
      async (folder) => {
        await mkdir(join(folder, 'run'));
        await writeFile(generatorOf(folder, 7), 'x');
      },
      /g_00000007\.safetensors must have its other half/,
    ],
  ];
  test.each(cases)('%s', async (_, spoil, expected, ...options) => {
    await inTrainWorkshop(async (train, folder) => {
      await spoil(folder);
      const { code, stdout, stderr } = await train(
        ...BASE,
        '--max-steps',
        '1',
        ...options.filter((option) => option !== undefined),
      );
      expect(stderr.trim().split('\n').at(-1)).toMatch(expected);
      expect(stderr).toContain('error: ');
      expect(code).toBe(1);
      expect(stdout).toBe('');
    });
  });

  test('--resume where there is nothing', async () => {
    await inTrainWorkshop(async (train) => {
      const { code, stderr } = await train(...BASE, '--resume');
      expect(stderr).toContain('--resume goes on from it');
      expect(code).toBe(1);
    });
  });
});
