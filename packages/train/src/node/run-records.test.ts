import { cpSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWav } from '@hifigan/audio';
import { tinyConfig } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { decode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { inFolder } from '../testing/in-folder.js';
import { tinyRun, writeNoise } from '../testing/tiny-run.js';
import type { RunRecord } from './record-options.js';
import type { RunOptions } from './run-options.js';
import { runTraining } from './run-training.js';
import { scalarsOf, stepRecord } from './step-record.js';
import type { LogValue } from './tensorboard/log-event.js';
import { readEvents } from './tensorboard/read-events.js';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** A run that is validated on two clips. */
async function measuredRun(folder: string, changes: Partial<RunOptions> = {}) {
  const run = await tinyRun(folder, { summaryInterval: 1, validationInterval: 2, ...changes });
  const validationFile = join(folder, 'validation.txt');
  await writeNoise(run.options.wavs, 'v', 900);
  await writeFile(validationFile, 'v|\na|\n');
  return { ...run, options: { ...run.options, validationFile } };
}

/** What TensorBoard shows: starts purge. */
async function shown(run: string): Promise<Map<string, [number, LogValue][]>> {
  const found = new Map<string, [number, LogValue][]>();
  for await (const { event } of readEvents(join(run, 'logs'))) {
    if (event.start) {
      for (const [tag, points] of found) {
        found.set(
          tag,
          points.filter(([step]) => step < event.step),
        );
      }
    }
    for (const value of event.values ?? []) {
      found.set(value.tag, [...(found.get(value.tag) ?? []), [event.step, value]]);
    }
  }
  return found;
}

const logOf = async (run: string): Promise<Record<string, unknown>[]> =>
  (await readFile(join(run, 'log.ndjson'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a run', () => {
  test('that is interrupted in its last validation tells none, and not one of before', async () => {
    await inFolder(async (folder) => {
      const { options } = await measuredRun(folder, { maxSteps: 1 });
      const controller = new AbortController();
      const reporter = { ...options.reporter, progress: () => controller.abort() };
      const result = await runTraining({ ...options, reporter, signal: controller.signal });
      expect(result).toMatchObject({ reason: 'finished', steps: 1 });
      expect(result.validation).toBeUndefined();
      const again = await runTraining(options);
      expect(again.validation?.clips.map(({ id }) => id)).toEqual(['v', 'a']);
    });
  });

  test('has on the disk all that is shown of what lies before a checkpoint, as a kill may follow', async () => {
    await inFolder(async (folder) => {
      const { options } = await measuredRun(folder, { maxSteps: 5, checkpointInterval: 2 });
      const stepsWhenSaved: number[] = [];
      const line = (text: string) => {
        if (!text.startsWith('saved ')) return;
        const copy = join(folder, `saved-${stepsWhenSaved.push(0)}`);
        cpSync(join(options.out, 'logs'), join(copy, 'logs'), { recursive: true });
      };
      await runTraining({ ...options, reporter: { ...options.reporter, line } });
      for (const index of stepsWhenSaved.keys()) {
        const steps = (await shown(join(folder, `saved-${index + 1}`))).get(
          'training/mel_spec_error',
        );
        stepsWhenSaved[index] = steps!.at(-1)![0];
      }
      // Checkpoints after the third and the fifth step.
      expect(stepsWhenSaved).toEqual([2, 4]);
    });
  });

  test('records curves, sound and pictures under the reference’s tags, and lines with more than before', async () => {
    await inFolder(async (folder) => {
      const { options } = await measuredRun(folder, { maxSteps: 4 });
      await runTraining(options);
      const log = await logOf(options.out);
      const steps = log.filter((record) => 'mel_spec_error' in record);
      const validations = log.filter((record) => 'validation_mel_spec_error' in record);
      const found = await shown(options.out);
      const curve = (tag: string) =>
        found.get(tag)?.map(([step, value]) => [step, value.kind === 'scalar' ? value.value : NaN]);
      for (const [tag, key] of [
        ['training/mel_spec_error', 'mel_spec_error'],
        ['training/gen_loss_total', 'gen_loss_total'],
        ['learning_rate/generator', 'learning_rate'],
        ['throughput/steps_per_second', 'steps_per_second'],
        ['throughput/audio_seconds_per_second', 'audio_seconds_per_second'],
      ] as const) {
        expect(curve(tag)).toEqual(
          steps.map((record) => [record.step, Math.fround(record[key] as number)]),
        );
      }
      expect(curve('validation/mel_spec_error')).toEqual(
        validations.map(({ step, validation_mel_spec_error: mel }) => [
          Math.max(0, step as number),
          Math.fround(mel as number),
        ]),
      );
      expect(curve('gradient_norm/generator')!.every(([, norm]) => norm > 0)).toBe(true);
      expect(curve('memory/rss_bytes')!.every(([, bytes]) => bytes > 1e7)).toBe(true);
      expect(steps[0]).toMatchObject({
        clips_per_second: 2 * (steps[0].steps_per_second as number),
      });
      expect(validations[0]).toMatchObject({
        step: -1,
        validation_clips: [{ id: 'v' }, { id: 'a' }],
      });

      const at = (tag: string) => found.get(tag)?.map(([step]) => step);
      const media = [...found.keys()].filter((tag) => /_\d$/.test(tag));
      expect(media).toHaveLength(10);
      for (const n of [0, 1]) {
        expect([at(`gt/y_${n}`), at(`gt/y_spec_${n}`)]).toEqual([[0], [0]]);
        for (const tag of ['generated/y_hat', 'generated/y_hat_spec', 'difference/y_spec']) {
          expect(at(`${tag}_${n}`)).toEqual([0, 2, 3]);
        }
      }
      const [, recording] = found.get('gt/y_0')![0];
      const [, picture] = found.get('generated/y_hat_spec_0')![0];
      if (recording.kind !== 'audio' || picture.kind !== 'image') throw new Error('other kinds');
      const wav = readWav(Uint8Array.from(recording.wav));
      // 900 samples are 14 frames of 64.
      expect([wav.samplingRate, wav.channels[0].length, recording.samples]).toEqual([
        8000, 896, 896,
      ]);
      const image = decode(Uint8Array.from(picture.png));
      expect([image.width, image.height]).toEqual([14 * 3, tinyConfig.num_mels * 3]);
      const [, text] = found.get('config')![0];
      expect(JSON.parse((text as { text: string }).text.replace(/```(json)?/g, ''))).toEqual(
        tinyConfig,
      );
    });
  });

  test('that goes on from an earlier step shows no curve twice and keeps its recordings', async () => {
    await inFolder(async (folder) => {
      const { options } = await measuredRun(folder, { maxSteps: 6, checkpointInterval: 2 });
      let validated = 0;
      await expect(
        runTraining({
          ...options,
          records: {
            onRecord: ({ step }) => {
              if (step === 4) throw new Error('killed');
            },
          },
          stdoutInterval: 1,
        }),
      ).rejects.toThrow('killed');
      // As after a kill: the records reach further than the checkpoint, which is that of step 2.
      for (const half of ['g', 'do']) await rm(join(options.out, `${half}_00000004.safetensors`));
      await runTraining({
        ...options,
        reporter: { ...options.reporter, validated: () => void validated++ },
      });
      expect(validated).toBeGreaterThan(1);
      expect((await readdir(join(options.out, 'logs'))).length).toBe(2);
      const found = await shown(options.out);
      const at = (tag: string) => found.get(tag)?.map(([step]) => step);
      expect(at('training/mel_spec_error')).toEqual([0, 1, 2, 3, 4, 5]);
      expect(at('gt/y_0')).toEqual([0]);
      const steps = (await logOf(options.out)).filter((record) => 'mel_spec_error' in record);
      expect(steps.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    });
  });

  test('tells listeners of each record, and takes further measures', async () => {
    await inFolder(async (folder) => {
      const heard: RunRecord[] = [];
      const { options, lines } = await measuredRun(folder, {
        ...{ maxSteps: 3, stdoutInterval: 2, summaryInterval: 100 },
        records: {
          tensorboard: false,
          onRecord: (record) => void heard.push(record),
          measure: async (original, generated, rate) => ({
            length: original.length === generated.length ? original.length : Number.NaN,
            rate,
          }),
        },
      });
      await runTraining(options);
      expect(heard.map(({ kind, step }) => `${kind} ${step}`)).toEqual([
        ...['validation -1', 'step 0', 'step 2', 'validation 2'],
      ]);
      const measures = { length: (896 + 1984) / 2, rate: 8000 };
      expect(heard[0]).toMatchObject({ measures });
      expect(lines.join('\n')).toMatch(/over 2 clips, length 1440.0000, rate 8000.0000/);
      expect(await readdir(options.out)).not.toContain('logs');
    });
  });

  test('refuses at once where the files have no place', async () => {
    await inFolder(async (folder) => {
      const { options } = await measuredRun(folder);
      await runTraining({ ...options, maxSteps: 1, records: { tensorboard: false } });
      await writeFile(join(options.out, 'logs'), 'a file');
      await expect(runTraining(options)).rejects.toThrow(
        /logs: cannot be written, because .* is a file/,
      );
    });
  });
});

test('a step’s record and its points, with discriminators', () => {
  const parts = {
    mel: 0.5,
    magnitude: 20,
    disc_mpd: 2,
    disc_msd: 1,
    gen_mpd: 3,
    gen_msd: 4,
    feature_mpd: 5,
    feature_msd: 6,
  };
  const record = stepRecord(
    {
      losses: {
        ...{ parts, mel: 0.5, generator: 40.5, discriminator: 3 },
        details: { disc_mpd_0: 0.25, feature_msd_2: 0.75 },
        gradientNorms: { generator: 7, discriminators: 8 },
      },
      progress: { step: 11, lastStep: 20, epoch: 2, stepsPerSecond: 4, secondsLeft: 9, mel: 0.5 },
      ...{
        learningRate: 1e-4,
        discriminatorLearningRate: 3e-4,
        microBatch: 1,
        waitedSeconds: 0.25,
      },
    },
    tinyConfig,
    { waits: { mean: 0.125, most: 0.25 }, memory: { rss_bytes: 100, backend_bytes: 10 } },
  );
  expect(record).toMatchObject({
    ...{ step: 10, epoch: 2, disc_loss_total: 3, micro_batch: 1, clips_per_second: 8 },
    // 8 clips of 1024 samples at 8 kHz.
    audio_seconds_per_second: 1.024,
    ...{ data_wait_mean_seconds: 0.125, data_wait_max_seconds: 0.25 },
    gradient_norms: { generator: 7, discriminators: 8 },
  });
  const points = Object.fromEntries(scalarsOf(record).map(({ tag, value }) => [tag, value]));
  expect(points).toEqual({
    'training/gen_loss_total': 40.5,
    'training/mel_spec_error': 0.5,
    'training/disc_loss_total': 3,
    ...Object.fromEntries(Object.entries(parts).map(([name, value]) => [`losses/${name}`, value])),
    'losses_of_parts/disc_mpd_0': 0.25,
    'losses_of_parts/feature_msd_2': 0.75,
    'gradient_norm/generator': 7,
    'gradient_norm/discriminators': 8,
    'learning_rate/generator': 1e-4,
    'learning_rate/discriminators': 3e-4,
    'progress/epoch': 2,
    'throughput/steps_per_second': 4,
    'throughput/clips_per_second': 8,
    'throughput/audio_seconds_per_second': 1.024,
    'throughput/data_wait_mean_seconds': 0.125,
    'throughput/data_wait_max_seconds': 0.25,
    'memory/rss_bytes': 100,
    'memory/backend_bytes': 10,
  });
});
