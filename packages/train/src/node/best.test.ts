import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { tinyRun } from '../testing/tiny-run.js';
import { runTraining } from './run-training.js';

/** What the next validations find; the last stays. */
const errors = vi.hoisted(() => ({ next: [] as number[] }));

vi.mock('../validation.js', async (original) => ({
  ...(await original<typeof import('../validation.js')>()),
  validate: async (_: unknown, __: unknown, clips: { readonly ids: readonly string[] }) => {
    const mel = errors.next.length > 1 ? errors.next.shift()! : errors.next[0];
    return { mel, clips: clips.ids.map((id) => ({ id, mel })) };
  },
}));

beforeAll(async () => {
  await tf.setBackend('cpu');
});

beforeEach(() => {
  errors.next = [];
});

const numbersIn = async (run: string) =>
  (await readdir(run)).flatMap((name) => /^g_0*(\d+)\./.exec(name)?.[1] ?? []).map(Number);
const bestIn = async (run: string) =>
  JSON.parse(await readFile(join(run, 'best.json'), 'utf8')) as Record<string, unknown>;

/** A validation after steps 2 (number 1), 3 (number 2) …, a checkpoint after each third. */
const measuredRun = async (folder: string) => {
  const validationFile = join(folder, 'validation.txt');
  await writeFile(validationFile, 'a\nb\n');
  return tinyRun(folder, {
    validationFile,
    ...{ validationInterval: 1, checkpointInterval: 3, keepLast: 1, maxSteps: 6 },
  });
};

test('the best stays, whatever comes after it, and is named; what was saved for its rank alone goes with it', async () => {
  await inFolder(async (folder) => {
    const { options, lines } = await measuredRun(folder);
    // The first before any step.
    errors.next = [1.1, 0.9, 0.5, 0.7, 0.8, 0.6];
    await runTraining(options);
    expect(await bestIn(options.out)).toEqual({
      number: 2,
      generator: 'g_00000002.safetensors',
      validation_mel_spec_error: 0.5,
      clips: ['a', 'b'],
      extra: true,
    });
    expect(await numbersIn(options.out)).toEqual([2, 5]);
    expect(lines.filter((line) => line.startsWith('the best so far'))).toEqual([
      'the best so far on held-out clips: g_00000001.safetensors',
      'the best so far on held-out clips: g_00000002.safetensors',
    ]);
    expect(lines.filter((line) => line.includes('began with'))).toEqual([]);

    // A run that goes on knows it.
    errors.next = [0.55, 0.56];
    await runTraining({ ...options, maxSteps: 8 });
    expect(await numbersIn(options.out)).toEqual([2, 7]);
    errors.next = [0.4];
    await runTraining({ ...options, maxSteps: 9 });
    expect(await bestIn(options.out)).toMatchObject({ number: 8 });
    // The last of the interval or the end is the best itself now.
    expect(await numbersIn(options.out)).toEqual([8]);
  });
});

test('what the run began with is no checkpoint, but it is said where it did better', async () => {
  await inFolder(async (folder) => {
    const { options, lines, warnings } = await measuredRun(folder);
    // The list of what is measured has clips that are trained on, too.
    const worse = () => warnings.filter((text) => text.startsWith('held-out clips'));
    errors.next = [0.43, 0.9, 0.5, 0.4, 0.6];
    await runTraining({ ...options, maxSteps: 3 });
    expect(lines.filter((line) => line.startsWith('the best'))).toEqual([
      'the best checkpoint so far: g_00000001.safetensors, but on held-out clips it is worse than what the run began with (0.4300 before the first step, 0.9000 now)',
      'the best checkpoint so far: g_00000002.safetensors, but on held-out clips it is worse than what the run began with (0.4300 before the first step, 0.5000 now)',
    ]);
    expect(worse()).toEqual([
      expect.stringMatching(
        /^held-out clips: the training has made them worse \(0\.4300 before the first step, 0\.5000 now\); .*learning_rate/,
      ),
    ]);
    expect(await bestIn(options.out)).toMatchObject({ number: 2 });
    // A run that goes on remembers.
    lines.length = warnings.length = 0;
    await runTraining({ ...options, maxSteps: 4 });
    expect(lines).toContain('the best so far on held-out clips: g_00000003.safetensors');
    expect(worse()).toEqual([]);
    await writeFile(options.validationFile!, 'a\nc\n');
    await runTraining({ ...options, maxSteps: 5 });
    // Over other clips nothing is known of the beginning.
    expect(worse()).toEqual([]);
  });
});

test('one that the interval wrote is not written for its rank, and stays an ordinary one afterwards', async () => {
  await inFolder(async (folder) => {
    const { options } = await measuredRun(folder);
    errors.next = [1, 0.9, 0.8, 0.5, 0.6, 0.4];
    await runTraining({ ...options, keepLast: 5 });
    expect(await bestIn(options.out)).toMatchObject({ number: 5, extra: true });
    expect(await numbersIn(options.out)).toEqual([3, 5]);
  });
});

test('over other clips the errors do not compare, and a best that was removed is forgotten', async () => {
  await inFolder(async (folder) => {
    const { options } = await measuredRun(folder);
    errors.next = [0.5];
    await runTraining({ ...options, maxSteps: 2 });
    expect(await bestIn(options.out)).toMatchObject({ number: 1 });
    await writeFile(options.validationFile!, 'a\nc\n');
    errors.next = [0.9];
    await runTraining({ ...options, maxSteps: 3 });
    expect(await bestIn(options.out)).toMatchObject({ number: 2, clips: ['a', 'c'] });
    for (const half of ['g', 'do']) await rm(join(options.out, `${half}_00000002.safetensors`));
    errors.next = [1.5];
    await runTraining({ ...options, maxSteps: 4 });
    expect(await bestIn(options.out)).toMatchObject({ validation_mel_spec_error: 1.5 });
  });
});

test('where it is not wanted, nothing is kept or written for it', async () => {
  await inFolder(async (folder) => {
    const { options } = await measuredRun(folder);
    errors.next = [0.5];
    await runTraining({ ...options, keepBest: false });
    expect(await readdir(options.out)).not.toContain('best.json');
    expect(await numbersIn(options.out)).toEqual([5]);
  });
});
