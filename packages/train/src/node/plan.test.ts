import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { presets } from '@hifigan/config';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { tinyRun } from '../testing/tiny-run.js';
import { planTraining } from './plan.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('tells clips, hours, steps, shapes and parameters, and makes nothing', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const validationFile = join(folder, 'validation.txt');
    await writeFile(validationFile, 'b|\n');
    await writeFile(join(options.wavs, 'nobody.wav'), 'what is in it does not count');
    await writeFile(join(options.wavs, 'notes.txt'), 'no recording');
    const plan = await planTraining({ ...options, validationFile });
    expect(plan).toMatchObject({
      ...{ clips: 5, validationClips: 1, shortClips: 1, unlistedClips: 1 },
      ...{ batchSize: 2, segmentSeconds: 0.128 },
      // One clip fills no batch.
      ...{ stepsPerEpoch: 2, clipsOver: 1, steps: 6, epochs: 3, adversarialStart: 1_000_000 },
      ...{ melShape: [2, 16, 12], audioShape: [2, 1024, 1] },
      generatorShapes: [
        { name: 'conv_pre', shape: [2, 16, 8] },
        { name: 'ups.0', shape: [2, 128, 4] },
        { name: 'ups.1', shape: [2, 1024, 2] },
      ],
    });
    expect(plan.discriminatorInputs).toEqual([
      { name: 'period 2', shape: [4, 512, 1] },
      { name: 'period 3', shape: [6, 342, 1] },
      { name: 'period 5', shape: [10, 205, 1] },
      { name: 'period 7', shape: [14, 147, 1] },
      { name: 'period 11', shape: [22, 94, 1] },
      { name: 'scale 0', shape: [2, 1024, 1] },
      { name: 'scale 1', shape: [2, 513, 1] },
      { name: 'scale 2', shape: [2, 257, 1] },
    ]);
    // Four clips of 2000 samples and one of 700.
    expect(plan.hours * 3600).toBeCloseTo(8700 / 8000, 9);
    expect(plan.validationHours * 3600).toBeCloseTo(2000 / 8000, 9);
    expect(await readdir(folder)).not.toContain('run');
    expect(tf.memory().numTensors).toBe(0);
  });
});

test('an interrupt ends the look at the recordings, and there is no plan of some of them', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(planTraining({ ...options, signal })).rejects.toThrow('enough');
  });
});

test('the end is what epochs or steps say, whichever is first; else that of the reference', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { maxSteps: undefined });
    const endOf = async (changes: object) => {
      const { steps, epochs } = await planTraining({ ...options, ...changes });
      return [steps, epochs];
    };
    expect(await endOf({})).toEqual([6200, 3100]);
    expect(await endOf({ epochs: 4 })).toEqual([8, 4]);
    expect(await endOf({ epochs: 4, maxSteps: 5 })).toEqual([5, 3]);
    expect(await endOf({ epochs: 4, maxSteps: 50 })).toEqual([8, 4]);
  });
});

test('fewer clips than a batch: a step an epoch, and none over', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const config = { ...options.config, batch_size: 8 };
    expect(await planTraining({ ...options, config })).toMatchObject({
      stepsPerEpoch: 1,
      clipsOver: 0,
    });
  });
});

test('V2 and its discriminators: parameters as in the paper’s repository, memory of gigabytes once they join', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const config = { ...presets.v2, sampling_rate: 8000, fmax: 4000 };
    const before = await planTraining({ ...options, config });
    expect(before.parameters).toEqual({ generator: 928_514, mpd: 41_105_770, msd: 29_618_821 });
    // They join after the last step.
    expect(before.memory.total).toBeLessThan(0.5e9);
    const { memory, operations } = await planTraining({ ...options, config, adversarialStart: 5 });
    expect(memory.total).toBeGreaterThan(1.5e9);
    expect(memory.total).toBeLessThan(3e9);
    expect(before.operations).toEqual(operations);
    expect(operations.adversarial).toBeGreaterThan(10 * operations.melOnly);
  });
});

test('a recording of another rate is refused', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const file = writeWav({ samplingRate: 16000, channels: [new Float32Array(100)] });
    await writeFile(join(options.wavs, 'c.wav'), file);
    await expect(planTraining(options)).rejects.toThrow(
      /c\.wav: it has 16000 Hz and must have 8000/,
    );
  });
});
