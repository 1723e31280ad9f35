import { OutOfMemoryError } from '@hifigan/ops';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, expect, test, vi } from 'vitest';
import type { Backend } from '../backends/backend.js';
import { cpuBackend } from '../backends/cpu.js';
import { createContender } from './answer.js';

afterEach(() => vi.restoreAllMocks());

const started = async (backend: Backend) => {
  const warnings: string[] = [];
  const ask = createContender([backend], (text) => warnings.push(text));
  const computer = { kind: 'backend', backend: backend.name } as const;
  await ask({ ask: 'start', task: { computer, threads: 2, config: tinyConfig } });
  return { ask, warnings };
};

test('passes on what a backend warns of, and its threads', async () => {
  const activate: Backend['activate'] = async ({ threads, onWarning }) => {
    onWarning?.(`lost one of ${threads}`);
    await cpuBackend.activate({});
  };
  expect((await started({ ...cpuBackend, activate })).warnings).toEqual(['lost one of 2']);
});

test.each(['run', 'begin'] as const)('%s says what to do where memory runs out', async (what) => {
  const { ask } = await started(cpuBackend);
  const before = tf.memory().numTensors;
  vi.spyOn(tf.backend(), 'write').mockImplementation(() => {
    throw new OutOfMemoryError('take micro-batches');
  });
  await expect(ask({ ask: what, frames: 7 })).rejects.toThrow(
    /^memory ran out at 7 frames at once; give fewer \(--frames, --chunk-frames\), or take another --backend$/,
  );
  vi.restoreAllMocks();
  expect((await ask({ ask: what, frames: 7 })) as object).toMatchObject({
    cpu: expect.any(Number),
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('must be started first', async () => {
  const ask = createContender([cpuBackend], () => undefined);
  await expect(ask({ ask: 'run', frames: 1 })).rejects.toThrow('must be started');
});
