import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sourceArguments } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { writeMels } from '../testing/tiny-mels.js';
import { checkpointBytes, tinyRun } from '../testing/tiny-run.js';
import { threadsOf } from './data-options.js';
import { runTraining } from './run-training.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

test('the threads of a configuration, as far as the machine has cores to spare', () => {
  const threads = (wanted: number, cores: number) =>
    threadsOf({ config: { num_workers: wanted } as never }, cores);
  expect([threads(4, 16), threads(4, 2), threads(4, 1), threads(1, 1), threads(0, 8)]).toEqual([
    4, 1, 1, 1, 0,
  ]);
  expect(threadsOf({ config: { num_workers: 0 } as never, data: { threads: 3 } }, 2)).toBe(3);
});

describe('a run whose recordings threads read', () => {
  test.each([
    ['recordings', {}],
    ['crops that see their neighbours', { cropContext: true }],
    ['mels from files', { mels: 'mels' }],
  ])('learns what it learns without: %s', (_, data) =>
    inFolder(async (folder) => {
      const runs: (readonly Buffer[])[] = [];
      for (const threads of [0, 2]) {
        const own = join(folder, String(threads));
        const mels = 'mels' in data ? { mels: join(own, data.mels) } : {};
        const { options, lines } = await tinyRun(own, { data: { ...data, ...mels, threads } });
        if (mels.mels) await writeMels(mels.mels, options.wavs, ['a', 'b', 'c', 'd', 'e']);
        await runTraining(options);
        runs.push(await checkpointBytes(options.out, 5));
        const told = lines.includes('2 threads read recordings ahead of the steps');
        expect(told).toBe(threads > 0);
      }
      expect(runs[0].every((bytes, half) => bytes.equals(runs[1][half]))).toBe(true);
    }),
  );

  test('logs how long steps waited for data', () =>
    inFolder(async (folder) => {
      const { options } = await tinyRun(folder, {
        ...{ data: { threads: 1 }, maxSteps: 3, summaryInterval: 1 },
      });
      await runTraining(options);
      const log = await readFile(join(options.out, 'log.ndjson'), 'utf8');
      const waits = log
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(waits).toHaveLength(3);
      for (const { data_wait_mean_seconds: mean, data_wait_max_seconds: most } of waits) {
        expect(mean).toBeGreaterThanOrEqual(0);
        // Of one step each.
        expect(most).toBe(mean);
      }
      // The first waits for the thread to start.
      expect(waits[0].data_wait_mean_seconds).toBeGreaterThan(0);
    }));

  test('ends where a recording cannot be read, having saved what it learned', () =>
    inFolder(async (folder) => {
      const { options } = await tinyRun(folder, { data: { threads: 2 }, cacheBytes: 0 });
      const bad = join(options.wavs, 'b.wav');
      const progress = async ({ step }: { step: number }) => {
        if (step === 2) await writeFile(bad, 'spoilt on the way');
      };
      const run = runTraining({
        ...{ ...options, maxSteps: 60 },
        reporter: { ...options.reporter, progress },
      });
      await expect(run).rejects.toThrow(`${bad}: it is no recording that can be read`);
      // What was saved is whole, and there is nothing left to do.
      await writeFile(bad, await readFile(join(options.wavs, 'a.wav')));
      const again = await runTraining({ ...options, resume: true, maxSteps: 2 });
      expect(again.steps).toBeGreaterThanOrEqual(2);
    }));

  test.each([
    ['ends', 0, 'done\n'],
    ['exits', 3, ''],
    ['throws', 1, ''],
  ])('its threads end with it: it %s', (how, code, stdout) =>
    inFolder(async (folder) => {
      const script = fileURLToPath(new URL('../testing/child-threads.ts', import.meta.url));
      const child = spawn(process.execPath, [...sourceArguments(), script, folder, how], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let told = '';
      child.stdout.on('data', (text) => {
        told += text;
      });
      const ended = await new Promise((done) => child.on('close', done));
      expect([ended, told.endsWith(stdout)]).toEqual([code, true]);
    }),
  );
});
