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
    const plan = await planTraining(options);
    expect(plan).toMatchObject({
      clips: 5,
      validationClips: 0,
      stepsPerEpoch: 2,
      melShape: [2, 16, 12],
      audioShape: [2, 1024, 1],
    });
    // Four clips of 2000 samples and one of 700.
    expect(plan.hours * 3600).toBeCloseTo(8700 / 8000, 9);
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

test('V2 and its discriminators: parameters as in the paper’s repository, memory of gigabytes', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const config = { ...presets.v2, sampling_rate: 8000 };
    const { parameters, memoryBytes } = await planTraining({ ...options, config });
    expect(parameters).toEqual({ generator: 928_514, discriminators: 70_724_591 });
    expect(memoryBytes).toBeGreaterThan(2e9);
    expect(memoryBytes).toBeLessThan(8e9);
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
