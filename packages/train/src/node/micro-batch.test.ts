import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '@hifigan/checkpoint';
import { Generator } from '@hifigan/models';
import { OutOfMemoryError } from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { checkpointBytes, tinyRun } from '../testing/tiny-run.js';
import { Trainer } from '../trainer.js';
import { planTraining } from './plan.js';
import { runTraining } from './run-training.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The generator's weights after step `number`. */
async function weights(run: string, number: number) {
  const [generator] = await checkpointBytes(run, number);
  return readSafetensors(generator, 'generator').arrays;
}

test('a run goes on with another micro-batch, and learns what it would have learned', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { maxSteps: 4 });
    await runTraining(options);
    const { options: other, lines } = await tinyRun(folder, {
      out: join(folder, 'other'),
      summaryInterval: 1,
    });
    await runTraining({ ...other, maxSteps: 2, microBatch: 1 });
    await runTraining({ ...other, maxSteps: 4 });
    const expected = await weights(options.out, 3);
    for (const [name, { data }] of await weights(other.out, 3)) {
      expectClose(
        data as Float32Array,
        expected.get(name)!.data as Float32Array,
        { max: 1e-5 },
        name,
      );
    }
    const told = lines.filter((line) => line.includes('an epoch'));
    expect(told[0]).toContain('batch 2, 1 clip at a time');
    expect(told[1]).not.toContain('at a time');
    const log = (await readFile(join(other.out, 'log.ndjson'), 'utf8')).trim().split('\n');
    expect(log.map((line) => JSON.parse(line).micro_batch)).toEqual([1, 1, undefined, undefined]);
  });
});

test('where memory runs out, the error names a micro-batch to try, down to one clip', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    vi.spyOn(Trainer.prototype, 'step').mockRejectedValue(new OutOfMemoryError('Heap: no more'));
    await expect(runTraining(options)).rejects.toThrow(
      'Heap: no more. Try --micro-batch 1 (now 2): fewer clips at a time, the same result',
    );
    await expect(runTraining({ ...options, microBatch: 1 })).rejects.toThrow(
      /One clip at a time is the least.*--set segment_size=512/,
    );
  });
});

test('auto: halves the batch where memory runs out, says so, and goes on', async () => {
  await inFolder(async (folder) => {
    const { options, warnings } = await tinyRun(folder, { maxSteps: 2, microBatch: 'auto' });
    const forward = Generator.prototype.forward;
    vi.spyOn(Generator.prototype, 'forward').mockImplementation(function (
      this: Generator,
      ...args
    ) {
      if (args[0].shape[0] > 1) throw new OutOfMemoryError('Heap: no more');
      return forward.apply(this, args);
    });
    const result = await runTraining(options);
    expect(result.steps).toBe(2);
    expect(warnings).toEqual(['Heap: no more; goes on with 1 clip at a time']);
  });
});

test('a plan tells it, and estimates less memory', async () => {
  await inFolder(async (folder) => {
    const { options } = await tinyRun(folder);
    const whole = await planTraining(options);
    const parts = await planTraining({ ...options, microBatch: 1 });
    expect([whole.microBatch, parts.microBatch]).toEqual([2, 1]);
    expect(parts.memory.total).toBeLessThan(whole.memory.total);
    expect(parts.stepsPerEpoch).toBe(whole.stepsPerEpoch);
  });
});
