import { receptiveField } from '@hifigan/models';
import { OutOfMemoryError } from '@hifigan/ops';
import { tinyConfig } from '@hifigan/testkit';
import { type EngineStream, tfjsEngine } from '@hifigan/vocoder';
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

test('begins as a stream does, and ends with the first samples', async () => {
  const done: string[] = [];
  const engine: Backend['engine'] = () => async (bundle, where) => {
    const made = await tfjsEngine(bundle, where);
    return {
      ...made,
      generate(mel) {
        done.push(`generate ${mel.frames}`);
        return made.generate(mel);
      },
      openStream() {
        const stream = made.openStream?.() as EngineStream;
        return {
          async push(mel) {
            const audio = await stream.push(mel);
            done.push(`${mel.frames} frames, ${audio.length > 0 ? 'sound' : 'nothing'}`);
            return audio;
          },
          end: () => stream.end(),
          dispose() {
            done.push('left');
            stream.dispose();
          },
        };
      },
    };
  };
  const { ask } = await started({ ...cpuBackend, engine });
  const { after } = receptiveField(tinyConfig);
  const frames = Math.ceil(after / 2);
  expect(await ask({ ask: 'begin', frames })).toMatchObject({ wall: expect.any(Number) });
  expect(done.at(-2)).toBe(`${frames} frames, sound`);
  expect(done.at(-1)).toBe('left');
  expect(new Set(done.slice(0, -2))).toEqual(new Set([`${frames} frames, nothing`]));
});

test('must be started first', async () => {
  const ask = createContender([cpuBackend], () => undefined);
  await expect(ask({ ask: 'run', frames: 1 })).rejects.toThrow('must be started');
});
