import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@hifigan/checkpoint';
import { onBackendsAndPlain } from '@hifigan/test-backends';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { checkpointBytes, KILLED_RUN, tinyRun } from '../testing/tiny-run.js';
import { runTraining } from './run-training.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

let tensors: number;
beforeAll(() => {
  tensors = tf.memory().numTensors;
});
afterAll(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

/** The last checkpoint of an undisturbed run on the active backend. */
let undisturbed: readonly Buffer[];
async function trainUndisturbed(): Promise<void> {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, KILLED_RUN);
    const result = await runTraining(options);
    expect(result).toMatchObject({ reason: 'finished', steps: 9, checkpoint: { number: 8 } });
    undisturbed = await checkpointBytes(options.out, 8);
  });
}

async function expectUndisturbed(run: string): Promise<void> {
  const found = await checkpointBytes(run, 8);
  found.forEach((bytes, half) => {
    const expected = undisturbed[half];
    // The long way where it fails alone.
    const where = bytes.equals(expected) ? '' : differences(bytes, expected).join('; ');
    expect(bytes.equals(expected), `half ${half} of the checkpoint: ${where}`).toBe(true);
  });
}

/** What differs between two files of a checkpoint, by name. */
function differences(found: Buffer, expected: Buffer): string[] {
  const [a, b] = [found, expected].map((bytes) => readSafetensors(bytes, 'checkpoint'));
  const values = [...a.arrays].flatMap(([name, { data }]) => {
    const other = b.arrays.get(name)?.data;
    const errors = Array.from(data as Float32Array, (value, index) =>
      Math.abs(value - Number(other?.[index])),
    );
    const count = errors.filter((error) => error !== 0).length;
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    return count > 0 ? [`${name}: ${count} values, max ${Math.max(...errors)}, mean ${mean}`] : [];
  });
  return [...values, JSON.stringify(a.metadata), JSON.stringify(b.metadata)];
}

test('Ctrl-C is heard in the middle of a validation: it saves and ends', async () => {
  await inFolder(async (folder) => {
    const validationFile = join(folder, 'validation.txt');
    const { options, lines } = await tinyRun(folder, { validationFile, validationInterval: 2 });
    await writeFile(validationFile, 'a\nb\nc\n');
    const controller = new AbortController();
    // Asked for after the third step and before its validation.
    const progress = ({ step }: { step: number }) => {
      if (step === 3) setImmediate(() => controller.abort());
    };
    const result = await runTraining({
      ...options,
      signal: controller.signal,
      reporter: { ...options.reporter, progress },
    });
    expect(result).toMatchObject({ reason: 'interrupted', steps: 3, checkpoint: { number: 2 } });
    expect(lines.filter((line) => line.startsWith('validation'))).toHaveLength(1);
  });
});

test('a run that goes on with another list, or the same in another order, says so', async () => {
  await inFolder(async (folder) => {
    const { options, warnings } = await tinyRun(folder, { maxSteps: 1, adversarialStart: 50 });
    const goOn = async (maxSteps: number, trainingFile = options.trainingFile) => {
      warnings.length = 0;
      await runTraining({ ...options, maxSteps, trainingFile });
      return warnings.filter((text) => text.includes('the training list'));
    };
    await goOn(1);
    expect(await goOn(2)).toEqual([]);
    const ids = (await readFile(options.trainingFile, 'utf8')).trim().split('\n');
    const other = join(folder, 'other.txt');
    await writeFile(other, [...ids].reverse().join('\n'));
    expect(await goOn(3, other)).toEqual([
      expect.stringMatching(/names other clips than in the run, or in another order/),
    ]);
    await writeFile(other, ids.slice(1).join('\n'));
    expect(await goOn(4, other)).toEqual([
      expect.stringMatching(`${ids.length} clips in the run, ${ids.length - 1} now`),
    ]);
  });
});

test('a run that goes on lets the discriminators join when it was told at its beginning', async () => {
  await inFolder(async (folder) => {
    const { options, lines } = await tinyRun(folder, { maxSteps: 1, adversarialStart: 50 });
    await runTraining(options);
    const { adversarialStart: _, ...bare } = options;
    // Had they joined, the losses would have a part of theirs.
    const { losses } = await runTraining({ ...bare, maxSteps: 2 });
    expect(losses).not.toHaveProperty('discriminator');
    expect(lines.filter((line) => line.includes('join at step 50'))).toHaveLength(2);
    await runTraining({ ...bare, maxSteps: 3, adversarialStart: 60 });
    await runTraining({ ...bare, maxSteps: 4 });
    expect(lines.filter((line) => line.includes('join at step 60'))).toHaveLength(2);
  });
});

test('a step that is done anew is in the log once', async () => {
  await inFolder(async (folder) => {
    const { options, lines } = await tinyRun(folder, { maxSteps: 3, summaryInterval: 1 });
    await runTraining(options);
    // As a kill after the fifth step leaves it.
    const path = join(options.out, 'log.ndjson');
    await appendFile(path, '{"step":3}\n{"step":4}\n{"st');
    await runTraining({ ...options, maxSteps: 5 });
    const steps = (await readFile(path, 'utf8')).trim().split('\n');
    expect(steps.map((line) => JSON.parse(line).step)).toEqual([0, 1, 2, 3, 4]);
    expect(lines).toContain('log.ndjson: 3 lines of steps that are done anew taken out');
  });
});

test('two runs in one folder: one is refused, the other goes on', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { maxSteps: 3 });
    const [one, other] = await Promise.allSettled([
      runTraining({ ...options, maxSteps: 5 }),
      runTraining({ ...options, maxSteps: 6 }),
    ]);
    const refused = [one, other].filter(({ status }) => status === 'rejected');
    expect(refused).toMatchObject([
      { reason: { message: expect.stringContaining('trains here') } },
    ]);
    expect(await readdir(options.out)).not.toContain('run.lock');
  });
});

test('the effective learning rate is told where a run begins or goes on', async () => {
  await inFolder(async (folder) => {
    const { options, lines } = await tinyRun(folder, { maxSteps: 4 });
    await runTraining(options);
    const config = { ...options.config, learning_rate: 1e-3, lr_decay: 0.5 };
    await runTraining({ ...options, config, maxSteps: 5 });
    expect(lines.filter((line) => line.startsWith('learning rate'))).toEqual([
      'learning rate 0.0002000 (learning_rate 0.0002 × lr_decay 0.999 ^ epoch 0)',
      'learning rate 0.0002500 (learning_rate 0.001 × lr_decay 0.5 ^ epoch 2)',
    ]);
  });
});

test('the rate of the epoch is in the log: as many decays as epochs', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { maxSteps: 3, summaryInterval: 1 });
    await runTraining(options);
    await runTraining({ ...options, maxSteps: 5 });
    const log = (await readFile(join(options.out, 'log.ndjson'), 'utf8')).trim().split('\n');
    const rate = options.config.learning_rate;
    const decay = options.config.lr_decay;
    expect(log.map((line) => JSON.parse(line).learning_rate)).toEqual(
      [0, 0, 1, 1, 2].map((epoch) => rate * decay ** epoch),
    );
  });
});

describe('SIGKILL', () => {
  beforeAll(trainUndisturbed);

  test.each([
    {
      name: 'in the middle of the first checkpoint',
      moment: { operation: 'writeFile', file: 'do_00000002.safetensors.tmp', when: 'half' },
      left: undefined,
    },
    {
      name: 'between the two names of the first checkpoint',
      moment: { operation: 'rename', file: 'do_00000002.safetensors', when: 'after' },
      left: 2,
    },
    {
      name: 'in the middle of a later checkpoint',
      moment: { operation: 'writeFile', file: 'g_00000006.safetensors.tmp', when: 'half' },
      left: 4,
    },
    { name: 'in the middle of a step', moment: { operation: 'step', file: '6' }, left: 4 },
  ])('$name: the run goes on and ends with the same bytes', async ({ moment, left }) => {
    await inFolder(async (folder) => {
      expect(await killedRun(folder, moment)).toBe('SIGKILL');
      const { options, lines } = await tinyRun(folder, KILLED_RUN);
      await runTraining({ ...options, resume: left !== undefined });
      expect(lines[0]).toContain(
        left === undefined ? 'begins in' : `g_${String(left).padStart(8, '0')}`,
      );
      await expectUndisturbed(options.out);
      expect((await readdir(options.out)).sort()).toEqual([
        'config.json',
        'do_00000006.safetensors',
        'do_00000008.safetensors',
        'g_00000006.safetensors',
        'g_00000008.safetensors',
        'log.ndjson',
        'logs',
      ]);
    });
  });
});

onBackendsAndPlain(() => {
  beforeAll(trainUndisturbed);

  test('a run in pieces, ended by steps, epochs and Ctrl-C, ends with the same bytes', async () => {
    await inFolder(async (folder) => {
      const { options, lines } = await tinyRun(folder, KILLED_RUN);
      await runTraining({ ...options, maxSteps: 1 });
      // In the middle of the second epoch.
      await runTraining({ ...options, maxSteps: 3 });
      await runTraining({ ...options, epochs: 2 });
      const controller = new AbortController();
      const interrupted = await runTraining({
        ...options,
        signal: controller.signal,
        reporter: {
          ...options.reporter,
          progress: ({ step }) => {
            if (step === 7) controller.abort();
          },
        },
      });
      expect(interrupted).toMatchObject({
        reason: 'interrupted',
        steps: 7,
        checkpoint: { number: 6 },
      });
      const result = await runTraining({ ...options, resume: true });
      expect(result).toMatchObject({ reason: 'finished', steps: 9, epoch: 4 });
      await expectUndisturbed(options.out);
      expect(lines.filter((line) => line.startsWith('goes on from'))).toHaveLength(4);
      expect(lines).toContain(
        `goes on from ${join(options.out, 'g_00000006.safetensors')}: 7 steps done, epoch 3`,
      );

      // Once more: nothing is left to do, and nothing is written anew.
      const again = await runTraining(options);
      expect(again).toMatchObject({ reason: 'finished', steps: 9, checkpoint: { number: 8 } });
      await expectUndisturbed(options.out);
    });
  });
});

/** Trains in a process of its own until it is killed; the signal that ended it, or its exit code. */
function killedRun(
  folder: string,
  moment: { readonly operation: string; readonly file: string; readonly when?: string },
): Promise<string | number | null> {
  const script = fileURLToPath(new URL('../testing/killed-run.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, folder, JSON.stringify(moment)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (text) => {
    told += text;
    if (moment.operation === 'step' && told.includes(`step ${moment.file}\n`)) {
      child.kill('SIGKILL');
    }
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('close', (code, signal) => done(signal ?? code));
  });
}
