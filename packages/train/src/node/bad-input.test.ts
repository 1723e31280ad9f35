import { mkdirSync, writeFileSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { checkpointBytes, tinyRun, writeNoise } from '../testing/tiny-run.js';
import type { RunOptions } from './run-options.js';
import { runTraining } from './run-training.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

let tensors: number;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});

/** The message of a run that fails, which must leave no tensors. */
async function failure(options: RunOptions): Promise<string> {
  const error = await runTraining(options).then(
    () => undefined,
    (error: Error) => error,
  );
  expect(error, 'the run must fail').toBeInstanceOf(Error);
  expect(tf.memory().numTensors).toBe(tensors);
  return (error as Error).message;
}

const name = (number: number, half = 'g') =>
  `${half}_${String(number).padStart(8, '0')}.safetensors`;

describe('data', () => {
  test.each(['', '\n\n', '|text without a name\n'])('an empty list: %j', async (text) => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder);
      await writeFile(options.trainingFile, text);
      expect(await failure(options)).toMatch(/training\.txt: names no recordings .*id\|text/);
      // Nothing was begun.
      expect(await readdir(folder)).not.toContain('run');
    });
  });

  test('an empty validation list is told, and is no error', async () => {
    await inFolder(async (folder) => {
      const validationFile = join(folder, 'validation.txt');
      await writeFile(validationFile, '\n');
      const { options, warnings } = await tinyRun(folder, { validationFile, maxSteps: 1 });
      expect(await runTraining(options)).not.toHaveProperty('validation');
      expect(warnings).toEqual([`${validationFile} is empty: the training is not measured`]);
    });
  });

  test('validation clips that are all too short are told, too', async () => {
    await inFolder(async (folder) => {
      const validationFile = join(folder, 'validation.txt');
      const { options, warnings, lines } = await tinyRun(folder, { validationFile, maxSteps: 1 });
      await writeNoise(options.wavs, 'blip', 50);
      await writeFile(validationFile, 'blip\n');
      expect(await runTraining(options)).not.toHaveProperty('validation');
      expect(warnings[0]).toMatch(/validation\.txt: all its clips are too short/);
      expect(lines.join()).not.toContain('NaN');
    });
  });

  test('missing recordings are named, at the start, ten at most', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder);
      await rm(join(options.wavs, 'b.wav'));
      const lost = Array.from({ length: 12 }, (_, i) => `lost${i}`);
      await appendFile(options.trainingFile, lost.join('\n'));
      const message = await failure(options);
      expect(message).toMatch(/13 of 17 recordings must be there, but are not: .*b\.wav, .*lost8/);
      expect(message).toMatch(/and 3 more; correct the list/);
      expect(message).not.toContain('lost9');
    });
  });

  const spoil: [string, (path: string) => Promise<void>, RegExp][] = [
    [
      'of another rate',
      (path) =>
        writeFile(path, writeWav({ samplingRate: 16000, channels: [new Float32Array(2000)] })),
      /c\.wav: it has 16000 Hz and must have 8000.*hifigan prepare/,
    ],
    [
      'with no samples',
      (path) => writeFile(path, writeWav({ samplingRate: 8000, channels: [new Float32Array(0)] })),
      /c\.wav: it has no samples/,
    ],
    ['that is no WAV', (path) => writeFile(path, 'these are words'), /c\.wav: .*looks like text/],
    [
      'that is cut off',
      async (path) => writeFile(path, (await readFile(path)).subarray(0, 99)),
      /c\.wav: it is cut off: .* 2000 samples, 27 are there\. Copy it again$/,
    ],
  ];
  test.each(spoil)('a recording %s is named before anything is begun', async (...given) => {
    const [, make, expected] = given;
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder);
      await make(join(options.wavs, 'c.wav'));
      const message = await failure(options);
      expect(message).toMatch(/^\S+wavs: 1 of 5 recordings cannot be used; .*hifigan prepare.*:\n/);
      expect(message.split('\n')[1]).toMatch(expected);
      expect(await readdir(folder)).not.toContain('run');
    });
  });

  test('a recording with a NaN ends the run, which keeps what it learned', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { maxSteps: 40 });
      const silence = { samplingRate: 8000, channels: [new Float32Array(2000)] };
      const bytes = Buffer.from(writeWav(silence, 'float32'));
      // The samples stand at the end of the file.
      bytes.writeFloatLE(Number.NaN, bytes.length - 4 * (2000 - 1234));
      await writeFile(join(options.wavs, 'c.wav'), bytes);
      expect(await failure(options)).toMatch(/c\.wav: sample 1234 of channel 0 is NaN.*Repair/);
      const saved = (await readdir(options.out)).filter((file) => file.startsWith('g_'));
      // Where the recording was in the very first batch, there is nothing to keep.
      if (saved.length > 0) {
        await writeNoise(options.wavs, 'c', 2000);
        const again = await runTraining({ ...options, resume: true, maxSteps: 3 });
        expect(again.steps).toBeGreaterThanOrEqual(3);
      }
    });
  });

  test('many bad recordings are counted, the first are named; several channels are told', async () => {
    await inFolder(async (folder) => {
      const { options, warnings } = await tinyRun(folder, { maxSteps: 0 });
      const ids = Array.from({ length: 30 }, (_, i) => `x${i}`);
      for (const id of ids) await writeFile(join(options.wavs, `${id}.wav`), 'words');
      await appendFile(options.trainingFile, ids.join('\n'));
      const lines = (await failure(options)).split('\n');
      expect(lines[0]).toMatch(/wavs: 30 of 35 recordings cannot be used/);
      expect(lines.slice(1).map((line) => line.replace(/:.*/, ''))).toEqual([
        ...ids.slice(0, 5).map((id) => `  ${join(options.wavs, id)}.wav`),
        '  and 25 more',
      ]);
      const stereo = { samplingRate: 8000, channels: [1, 2].map(() => new Float32Array(2000)) };
      for (const id of ids) await writeFile(join(options.wavs, `${id}.wav`), writeWav(stereo));
      await runTraining(options);
      expect(warnings).toEqual([
        `${join(options.wavs, 'x0.wav')} and 29 more: several channels, which are mixed into one`,
      ]);
    });
  });
});

describe('what goes wrong between two checkpoints does not cost what was learned', () => {
  test('a validation that fails', async () => {
    await inFolder(async (folder) => {
      const validationFile = join(folder, 'validation.txt');
      const { options } = await tinyRun(folder, { validationFile, validationInterval: 2 });
      await writeNoise(options.wavs, 'held', 600);
      await writeFile(validationFile, 'held\n');
      const reporter = {
        ...options.reporter,
        progress: ({ step }: { step: number }) => {
          if (step === 2) writeFileSync(join(options.wavs, 'held.wav'), 'these are words');
        },
      };
      const message = await failure({ ...options, reporter, cacheBytes: 0 });
      expect(message).toMatch(/held\.wav/);
      expect(await readdir(options.out)).toContain(name(2));
    });
  });

  /** Puts folders where the run would write files, once its first step is done. */
  function inTheWay(options: RunOptions, ...files: string[]): RunOptions {
    const progress = () => {
      for (const file of files) mkdirSync(join(options.out, file));
    };
    return { ...options, reporter: { ...options.reporter, progress } };
  }

  test('a log that cannot be written', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder);
      expect(await failure(inTheWay(options, 'log.ndjson'))).toMatch(
        /log\.ndjson: not written: EISDIR/,
      );
      expect(await readdir(options.out)).toContain(name(0));
    });
  });

  test('where it cannot be saved either, both errors are told', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder);
      const message = await failure(inTheWay(options, 'log.ndjson', `${name(0, 'do')}.tmp`));
      expect(message).toMatch(
        /^\S*log\.ndjson: not written: EISDIR.*; and what was learned since could not be saved: .*do_00000000\.safetensors: not written.*; there is no checkpoint yet$/,
      );
    });
  });
});

describe('checkpoints', () => {
  /** A run of three steps with something done to it; its message when it shall go on. */
  async function refused(
    spoil: (run: string) => Promise<void>,
    changes: Partial<RunOptions> = {},
  ): Promise<string> {
    let message = '';
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { maxSteps: 2 });
      await runTraining(options);
      await spoil(options.out);
      const config = await readFile(join(options.out, 'config.json'), 'utf8');
      const before = await readdir(options.out);
      message = await failure({ ...options, maxSteps: 4, ...changes });
      // Refused before anything is changed.
      expect(await readdir(options.out)).toEqual(before);
      expect(await readFile(join(options.out, 'config.json'), 'utf8')).toBe(config);
    });
    return message;
  }

  const remove = (half: string) => (run: string) => rm(join(run, name(1, half)));

  test('a g_ without its do_', async () => {
    expect(await refused(remove('do'))).toMatch(/g_00000001\.safetensors must have its other half/);
  });

  test('a do_ without its g_', async () => {
    expect(await refused(remove('g'))).toMatch(/do_00000001\.safetensors must have its other half/);
  });

  test('--resume where there is nothing', async () => {
    const clear = async (run: string) => {
      for (const half of ['g', 'do']) await remove(half)(run);
    };
    expect(await refused(clear, { resume: true })).toMatch(/has no checkpoint.*leave --resume out/);
  });

  test.each(['g', 'do'])('a %s_ that is cut off', async (half) => {
    const message = await refused(async (run) => {
      const bytes = await readFile(join(run, name(1, half)));
      await writeFile(join(run, name(1, half)), bytes.subarray(0, bytes.length - 100));
    });
    expect(message).toMatch(new RegExp(`${name(1, half)}: not a readable safetensors file`));
    // There is none before it.
    expect(message).not.toContain('goes on from');
  });

  test.each(['g', 'do'])('a %s_ that is cut off, with a whole one before', async (half) => {
    await inFolder(async (folder) => {
      const { options, lines } = await tinyRun(folder, { maxSteps: 1 });
      await runTraining(options);
      await runTraining({ ...options, maxSteps: 3 });
      await writeFile(join(options.out, name(2, half)), 'x');
      const cure = `remove ${name(2)} and ${name(2, 'do')}, and the same command goes on from ${name(0)}`;
      const again = { ...options, maxSteps: 2 };
      expect(await failure(again)).toContain(`Or ${cure}`);
      for (const one of ['g', 'do']) await rm(join(options.out, name(2, one)));
      await runTraining(again);
      expect(lines.at(-4)).toContain(`goes on from ${join(options.out, name(0))}`);
    });
  });

  test('a do_ of another program', async () => {
    const message = await refused((run) =>
      writeFile(
        join(run, name(1, 'do')),
        writeSafetensors(new Map([['x', { shape: [1], data: new Float32Array(1) }]])),
      ),
    );
    expect(message).toMatch(/do_00000001\.safetensors: format=undefined.*--init-from/);
  });

  test('a do_ that lacks moments', async () => {
    const message = await refused(async (run) => {
      const path = join(run, name(1, 'do'));
      const { arrays, metadata } = readSafetensors(await readFile(path));
      const lacking = new Map([...arrays].filter(([key]) => !key.includes('exp_avg_sq')));
      await writeFile(path, writeSafetensors(lacking, metadata));
    });
    expect(message).toMatch(/optim_g\.exp_avg_sq\..* must be an array/);
  });

  test('a config that disagrees: the keys that differ are named', async () => {
    const config = {
      ...tinyConfig,
      upsample_initial_channel: 16,
      resblock: '1' as const,
      resblock_dilation_sizes: [[1, 3, 5]],
    };
    // As the one that lies there, which is not of these weights.
    const message = await refused(
      (run) => writeFile(join(run, 'config.json'), JSON.stringify(config)),
      { config },
    );
    expect(message).toContain(name(1));
    expect(message).toContain('upsample_initial_channel: 8 in the weights, 16 in the config');
    expect(message).toContain('resblock: "2" in the weights, "1" in the configuration');
    expect(message).toMatch(/misshapen \(\d+\):\n {4}conv_pre.*\n( {4}.*\n){4} {4}and \d+ more/);
  });
});

describe('--init-from', () => {
  test('begins with the weights of another run, and says so', async () => {
    await inFolder(async (folder) => {
      const { options, lines } = await tinyRun(folder, { maxSteps: 1 });
      const { checkpoint } = await runTraining(options);
      const initFrom = checkpoint!.generator;
      await runTraining({
        ...options,
        initFrom,
        out: join(folder, 'other'),
        config: { ...tinyConfig, learning_rate: 0 },
      });
      // A rate of zero changes nothing.
      const [generator] = await checkpointBytes(join(folder, 'other'), 0);
      const [first] = await checkpointBytes(options.out, 0);
      expect(readSafetensors(generator).arrays).toEqual(readSafetensors(first).arrays);
      expect(lines).toContain(`weights of the generator from ${initFrom}`);
    });
  });

  test('refuses a model of another kind and words', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { maxSteps: 1 });
      await mkdir(options.out);
      const initFrom = join(folder, 'foreign.safetensors');
      const arrays = new Map([['encoder.weight', { shape: [1], data: new Float32Array(1) }]]);
      await writeFile(initFrom, writeSafetensors(arrays));
      const message = await failure({ ...options, initFrom });
      expect(message).toContain(initFrom);
      expect(message).toContain('encoder.weight');
      expect(message).toContain('conv_pre.weight_v');
      await writeFile(initFrom, 'words');
      expect(await failure({ ...options, initFrom })).toMatch(
        /foreign\.safetensors: not a readable safetensors file: it is text/,
      );
      expect(await readdir(options.out)).toEqual([]);
      // A folder that was there stays, one that was made goes.
      await failure({ ...options, initFrom, out: join(folder, 'new', 'run') });
      expect(await readdir(folder)).not.toContain('new');
    });
  });
});

onBackendsAndPlain(() => {
  describe('losses and weights', () => {
    test('a NaN ends the run with its step, clips and the last good checkpoint, which stays', async () => {
      await inFolder(async (folder) => {
        const { options } = await tinyRun(folder, { maxSteps: 3 });
        await runTraining(options);
        const before = await checkpointBytes(options.out, 2);
        const config = { ...tinyConfig, learning_rate: 1e38 };
        const message = await failure({ ...options, config, maxSteps: 9 });
        expect(message).toMatch(
          /losses and gradients of step \d+ must be numbers, but are mel=NaN, gradients_generator=NaN; its clips were [a-e], [a-e]; the last good checkpoint is .*g_00000002\.safetensors\. Lower learning_rate/,
        );
        expect((await readdir(options.out)).sort()).toEqual([
          'config.json',
          name(2, 'do'),
          name(2),
          'log.ndjson',
          'logs',
        ]);
        expect(await checkpointBytes(options.out, 2)).toEqual(before);
        expect((await runTraining({ ...options, maxSteps: 5 })).steps).toBe(5);
      });
    });

    test('weights that are spoilt are not written', async () => {
      await inFolder(async (folder) => {
        const { options } = await tinyRun(folder, {
          maxSteps: 1,
          config: { ...tinyConfig, learning_rate: Number.POSITIVE_INFINITY },
        });
        expect(await failure(options)).toMatch(/must hold numbers.*nothing was written/);
        expect((await readdir(options.out)).filter((file) => /^(g|do)_/.test(file))).toEqual([]);
      });
    });
  });
});
