import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { tinyRun } from '../testing/tiny-run.js';
import { FileLock } from './file-lock.js';
import { makeFolder } from './make-folder.js';
import { planTraining } from './plan.js';
import { runTraining } from './run-training.js';
import { WriteError } from './write-file.js';

const disk = vi.hoisted(() => ({ full: false, links: true }));

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const fail = (code: string) => Object.assign(new Error(`${code}: said the disk`), { code });
  return {
    ...real,
    writeFile: async (...args: Parameters<typeof real.writeFile>) => {
      const isLock = String(args[0]).includes('.lock');
      const refuses = isLock && disk.full && (disk.links || String(args[0]).endsWith('.lock'));
      // A full disk takes the name and not the content.
      await real.writeFile(args[0], refuses ? '' : args[1], args[2]);
      if (refuses) throw fail('ENOSPC');
    },
    link: async (from: string, to: string) => {
      if (!disk.links) throw fail('EPERM');
      await real.link(from, to);
    },
  };
});

vi.mock('./make-folder.js', async (original) => {
  const real = await original<typeof import('./make-folder.js')>();
  return { ...real, makeFolder: vi.fn(real.makeFolder) };
});

beforeAll(async () => {
  await tf.setBackend('cpu');
});

beforeEach(() => {
  Object.assign(disk, { full: false, links: true });
});

describe('a disk that is full when the folder is taken', () => {
  test.each([true, false])('leaves nothing, and is told with the cure (hard links: %s)', (links) =>
    inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { out: join(folder, 'new', 'run') });
      Object.assign(disk, { full: true, links });
      await expect(runTraining(options)).rejects.toThrow(
        /run\.lock: not written, because the disk is full; .*Free some space and run the same command again$/,
      );
      expect(await readdir(folder)).not.toContain('new');
      const lock = join(folder, 'a.lock');
      await expect(FileLock.take(lock)).rejects.toThrow(WriteError);
      expect(await readdir(folder)).not.toContain('a.lock');
    }),
  );
});

test('the folder is made once', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { maxSteps: 1 });
    vi.mocked(makeFolder).mockClear();
    await runTraining(options);
    expect(vi.mocked(makeFolder).mock.calls).toEqual([[options.out]]);
  });
});

test('a run with nothing to do leaves nothing', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { maxSteps: 0 });
    expect(await runTraining(options)).toMatchObject({ reason: 'finished', steps: 0 });
    expect((await readdir(folder)).sort()).toEqual(['training.txt', 'wavs']);
  });
});

test('one is no plural', async () => {
  await inFolder(async (folder) => {
    const { options, lines } = await tinyRun(folder, {
      maxSteps: 1,
      validationFile: join(folder, 'validation.txt'),
      config: { ...tinyConfig, batch_size: 1 },
    });
    await writeFile(options.trainingFile, 'a\n');
    await writeFile(join(folder, 'validation.txt'), 'b\n');
    await runTraining(options);
    await runTraining({ ...options, maxSteps: 2 });
    const said = lines.join('\n');
    expect(said).toContain('1 clip, 1 step an epoch, batch 1');
    expect(said).toMatch(/validation after 0 steps: .* over 1 clip$/m);
    expect(said).toMatch(/validation after 1 step: /);
    expect(said).toMatch(/: 1 step done, epoch 1$/m);
    expect(said).not.toMatch(/\b1 \w+s\b/);
  });
});

test('a plan tells of mixed channels in the words of the run', async () => {
  await inFolder(async (folder) => {
    const { options, warnings } = await tinyRun(folder, { maxSteps: 0 });
    const channels = [1, 2].map(() => new Float32Array(2000));
    await writeFile(join(options.wavs, 'c.wav'), writeWav({ samplingRate: 8000, channels }));
    await runTraining(options);
    const planned: string[] = [];
    await planTraining(options, (text) => void planned.push(text));
    expect(planned).toEqual([
      `${join(options.wavs, 'c.wav')}: several channels, which are mixed into one`,
    ]);
    expect(planned).toEqual(warnings);
  });
});

describe('the configuration of a run that goes on', () => {
  const configOf = async (out: string) =>
    JSON.parse(await readFile(join(out, 'config.json'), 'utf8'));

  test('may change in what it learns with: told, and written once a step is done', async () => {
    await inFolder(async (folder) => {
      const { options, warnings } = await tinyRun(folder, { maxSteps: 1 });
      await runTraining(options);
      const config = { ...tinyConfig, fmax_for_loss: 3000, learning_rate: 1e-5 };
      await runTraining({ ...options, config });
      const loss = JSON.stringify(tinyConfig.fmax_for_loss);
      const told = [
        `learning_rate: ${tinyConfig.learning_rate} in the run, 0.00001 now`,
        `fmax_for_loss: ${loss} in the run, 3000 now`,
      ];
      expect([...warnings].sort()).toEqual(told.sort());
      // No step was left to do.
      expect(await configOf(options.out)).toEqual(tinyConfig);
      await runTraining({ ...options, config, maxSteps: 2 });
      expect(await configOf(options.out)).toEqual(config);
      warnings.length = 0;
      await runTraining({ ...options, config, maxSteps: 3 });
      expect(warnings).toEqual([]);
    });
  });

  test.each([{ fmax: 3600 }, { win_size: 32 }, { resblock_dilation_sizes: [[1, 3]] }])(
    'may not change in features or the model: %j',
    async (change) => {
      await inFolder(async (folder) => {
        const { options } = await tinyRun(folder, { maxSteps: 1 });
        await runTraining(options);
        const config = { ...tinyConfig, ...change };
        const [[key, now]] = Object.entries(change);
        const before = JSON.stringify(tinyConfig[key as 'fmax']);
        const { message } = await runTraining({ ...options, config, maxSteps: 2 }).then(
          () => expect.unreachable(),
          (error: Error) => error,
        );
        expect(message).toContain(`(${key}: ${before} in the run, ${JSON.stringify(now)} now)`);
        expect(message).toMatch(/another folder.*--init-from .*g_00000000\.safetensors/);
        expect(await configOf(options.out)).toEqual(tinyConfig);
      });
    },
  );

  test('must be one', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { maxSteps: 1 });
      await runTraining(options);
      await writeFile(join(options.out, 'config.json'), '{"hop_size": 3');
      const again = () => runTraining({ ...options, maxSteps: 2 });
      await expect(again()).rejects.toThrow(/config\.json: [\s\S]*put it back, or remove it/);
      await rm(join(options.out, 'config.json'));
      expect((await again()).steps).toBe(2);
      expect(await configOf(options.out)).toEqual(tinyConfig);
    });
  });
});

describe('a configuration that lies in a new run’s folder', () => {
  test.each([
    ['words', 'mine', 'it is none of ours'],
    ['another', JSON.stringify({ ...tinyConfig, seed: 5 }), 'seed: 5 there, 1234 now'],
  ])('is not written over without force: %s', async (_, text, why) => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { maxSteps: 1 });
      makeFolder(options.out);
      const path = join(options.out, 'config.json');
      await writeFile(path, text);
      const { message } = await runTraining(options).then(
        () => expect.unreachable(),
        (error: Error) => error,
      );
      expect(message).toContain(`(${why}); name another folder, or write over it with --force`);
      expect(await readFile(path, 'utf8')).toBe(text);
      await runTraining({ ...options, force: true });
      expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(tinyConfig);
    });
  });

  test('stays as it is where it is the run’s', async () => {
    await inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { maxSteps: 1 });
      makeFolder(options.out);
      const path = join(options.out, 'config.json');
      await writeFile(path, JSON.stringify(tinyConfig));
      await runTraining(options);
      expect(await readFile(path, 'utf8')).toBe(JSON.stringify(tinyConfig));
    });
  });
});
