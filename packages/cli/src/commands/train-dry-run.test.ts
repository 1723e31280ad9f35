import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyConfig } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { writeTone } from '../testing/audio.js';
import { inFolder, runMain } from '../testing/run-main.js';
import { BASE, inTrainWorkshop } from '../testing/train.js';
import { planText } from '../train-plan/plan-text.js';

/** A clock on which every look takes a tenth of a second. */
function slowClock() {
  let time = 0;
  return () => {
    time += 100;
    return time;
  };
}

/** So that the small convolution, of 64 samples with 128 channels and 5 taps, takes a tenth of a second. */
const SPEED = (2 * 5 * 128 * 128 * 64) / 0.1;

describe('hifigan train --dry-run', () => {
  test('says from which step it goes on, and what is left', async () => {
    await inTrainWorkshop(async (train, folder) => {
      await train(...BASE, '--max-steps', '2');
      const before = (await readdir(join(folder, 'run'))).sort();
      const rest = ['--dry-run', '--max-steps', '10'];
      const { code, stdout } = await train('data', '--out', 'run', ...rest);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^goes on +from g_00000001\.safetensors: 2 steps done, epoch 0; 8 steps to go$/m,
      );
      const { stdout: json } = await train('data', '--out', 'run', ...rest, '--json');
      const { from, time } = JSON.parse(json);
      expect(from).toMatchObject({ steps: 2, place: { epoch: 0, batch: 2 } });
      expect(time.totalSeconds / time.melOnlySeconds).toBeCloseTo(8, 6);
      expect((await readdir(join(folder, 'run'))).sort()).toEqual(before);
    });
  });

  test('refuses what the run refuses', async () => {
    await inTrainWorkshop(async (train) => {
      await train(...BASE, '--max-steps', '1');
      for (const options of [
        // Another model than that of the folder.
        ['data', '--out', 'run', '--set', 'win_size=32'],
        ['data', '--out', 'nothing', '--config', 'tiny.json', '--resume'],
        // Weights of another model.
        [
          ...['data', '--out', 'other', '--config', 'tiny.json'],
          ...['--set', 'upsample_initial_channel=16', '--init-from', 'run'],
        ],
      ]) {
        const dry = await train(...options, '--dry-run');
        const real = await train(...options, '--max-steps', '2');
        const told = ({ stderr }: { readonly stderr: string }) =>
          /error: [\s\S]*$/.exec(stderr)?.[0];
        expect(told(dry), options.join(' ')).toBeTruthy();
        expect(told(dry)).toBe(told(real));
        expect([dry.code, real.code]).toEqual([1, 1]);
      }
    });
  });

  test('in words: data, steps, shapes, parameters, memory, time', async () => {
    await inTrainWorkshop(async (_, folder, run) => {
      const options = [...BASE, '--dry-run', '--set', 'batch_size=2', '--max-steps', '100'];
      const { code, stdout } = await run(options, { now: slowClock() });
      expect(code).toBe(0);
      const rows = Object.fromEntries(
        stdout
          .trimEnd()
          .split('\n')
          .map((line) => [line.slice(0, 16).trim(), line.slice(16)]),
      );
      expect(rows).toEqual({
        training: '3 clips, 0.6 s',
        validation: '1 clip, 0.2 s',
        epoch: '1 step of 2 clips; 1 over, others each time',
        end: '100 steps, 100 epochs',
        batch: '2 segments of 1,024 samples, 0.128 s',
        mel: '[2, 16, 12] (batch, frames, bands)',
        stages: '[2, 16, 8] → [2, 128, 4] → [2, 1024, 2]',
        audio: '[2, 1024, 1] (batch, samples, 1)',
        reading: 'between the steps (num_workers 0)',
        'at a time': '2 clips',
        periods:
          '2: [4, 512, 1], 3: [6, 342, 1], 5: [10, 205, 1], 7: [14, 147, 1], 11: [22, 94, 1]',
        scales: '0: [2, 1024, 1], 1: [2, 513, 1], 2: [2, 257, 1]',
        generator: '1,473 weights, trained as 1,506 parameters (weight norm apart)',
        discriminators:
          '41,105,770 parameters (periods) and 29,618,821 (scales); join at step 1,000,000, which this training does not reach',
        memory: expect.stringMatching(
          /^about \d+ kB where the training holds most: weights 6\.0 kB, optimizer 12\.0 kB, filters 270 kB, activations [\d.]+ kB \(an estimate\)$/,
        ),
        // 0.6 s at 8 kHz; 0.2 s twice, since both its sounds are of 16 bits; two batches of two segments with their mels; weights and moments twice.
        'beside it':
          'in the process, up to 19.2 kB of decoded recordings, 12.8 kB of held-out ones and their sound, 19.5 kB of batches that wait, 18.1 kB while a checkpoint is saved (an estimate, without Node itself)',
        'a step': expect.stringMatching(
          /^about 0\.\d+ s: 0\.\d+ GFLOP; a small convolution reaches 0\.105 GFLOP a second just now \(an estimate, .*\)$/,
        ),
        'in all': expect.stringMatching(/^about \d+ s$/),
      });
      expect((await readdir(folder)).sort()).toEqual(['data', 'tiny.json']);
      const averaged = await run([...options, '--ema', '0.999'], { now: slowClock() });
      expect(averaged.stdout).toMatch(/^memory .*, average 6\.0 kB \(an estimate\)$/m);
      expect(averaged.stdout).toMatch(/^beside it .* 24\.1 kB while a checkpoint is saved/m);
    });
  });

  test('as one object, with the time to the end', async () => {
    await inTrainWorkshop(async (_, folder) => {
      const argv = [
        'train',
        ...BASE,
        '--backend',
        'cpu',
        '--dry-run',
        '--json',
        '--max-steps',
        '10',
      ];
      const plan = async (...options: string[]) => {
        const run = await runMain([...argv, ...options], { cwd: folder, now: slowClock() });
        expect(run.code).toBe(0);
        expect(run.stdout.match(/\n/g)).toHaveLength(1);
        return JSON.parse(run.stdout);
      };
      const { time, memory, parameters, ...rest } = await plan('--adversarial-start', '4');
      expect(rest).toMatchObject({
        ...{
          backend: 'cpu',
          clips: 3,
          stepsPerEpoch: 3,
          steps: 10,
          epochs: 4,
          adversarialStart: 4,
        },
        ...{ generatorWeights: 1473, unlistedClips: 0, shortClips: 0 },
      });
      expect(rest).not.toHaveProperty('leftOut');
      expect(parameters).toEqual({ generator: 1506, mpd: 41_105_770, msd: 29_618_821 });
      expect(memory.weights).toBe(4 * (1506 + 70_724_591));
      expect(time.speed).toBeCloseTo(SPEED, 0);
      expect(time.melOnlySeconds).toBeGreaterThan(0);
      expect(time.adversarialSeconds).toBeGreaterThan(10 * time.melOnlySeconds);
      expect(time.totalSeconds).toBeCloseTo(
        4 * time.melOnlySeconds + 6 * time.adversarialSeconds,
        6,
      );
      // Four steps alone and one with the discriminators.
      const minutes = (4 * time.melOnlySeconds + 1.5 * time.adversarialSeconds) / 60;
      const limited = await plan('--adversarial-start', '4', '--max-minutes', String(minutes));
      expect(limited.time.stepsInTime).toBe(5);
      const inAll = (totalSeconds: number) => {
        const told = planText({ ...limited, time: { ...limited.time, totalSeconds } });
        return /^in all +(.*)$/m.exec(told)?.[1];
      };
      expect([0.4321, 90, 600, 7199, 70_000, 1e7].map(inAll)).toEqual([
        ...['about 0.43 s', 'about 1:30 min', 'about 10 minutes', 'about 120 minutes'],
        ...['about 19 hours', 'about 116 days'],
      ]);
      const alone = (await plan('--adversarial-start', '10')).time;
      expect(alone.totalSeconds).toBeCloseTo(10 * time.melOnlySeconds, 6);
    });
  });

  test('tells both speeds where the discriminators join on the way, and what a limit of time is enough for', async () => {
    await inTrainWorkshop(async (_, folder) => {
      const { stdout } = await runMain(
        [
          ...['train', ...BASE, '--backend', 'wasm', '--dry-run', '--max-steps', '10'],
          ...['--adversarial-start', '4', '--max-minutes', '0.001'],
        ],
        { cwd: folder },
      );
      expect(stdout).toMatch(/^discriminators .*\(scales\); join at step 4$/m);
      expect(stdout).toMatch(/^a step +about .* with the discriminators, [\d.]+ s before: /m);
      expect(stdout).toMatch(/^--max-minutes +0\.001 are enough for about \d+ steps?$/m);
      // As the backend lays filters out more than once.
      expect(stdout).toMatch(/^memory +about 1\.7 GB .*filters 698 MB/m);
    });
  });

  test('recordings that prepare refused, that are short, and that no list names', async () => {
    await inFolder(async (cwd) => {
      await writeFile(join(cwd, 'tiny.json'), JSON.stringify(tinyConfig));
      for (const [id, seconds] of [
        ['a', 0.5],
        ['b', 0.5],
        ['c', 0.1],
      ] as const) {
        const frequency = 200 + 300 * seconds + id.charCodeAt(0);
        await writeTone(cwd, `in/${id}.wav`, { samplingRate: 8000, seconds, frequency });
      }
      for (const name of ['d.flac', 'e.flac', 'f.flac', 'g.flac']) {
        await writeFile(join(cwd, 'in', name), 'fLaC');
      }
      const prepare = ['prepare', 'in', '-o', 'data', '-c', 'tiny.json', '--min-seconds', '0.05'];
      expect((await runMain([...prepare, '--validation-fraction', '0'], { cwd })).code).toBe(0);
      await writeTone(join(cwd, 'data', 'wavs'), 'later.wav', { samplingRate: 8000 });
      const train = [
        'train',
        'data',
        '-c',
        'tiny.json',
        '--out',
        'run',
        '--backend',
        'cpu',
        '--dry-run',
      ];
      const { code, stdout } = await runMain(train, { cwd });
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /^training +3 clips, 1\.1 s; 1 shorter than a segment, which silence fills$/m,
      );
      expect(stdout).toMatch(/^validation +none: the training is not measured$/m);
      expect(stdout).toMatch(/^unlisted +1 recording that no list names$/m);
      expect(stdout).toMatch(
        /^left out +4 recordings when the data set was prepared\n +d\.flac: it is cut off.*\n +e\.flac: .*\n +f\.flac: .*\n +and 1 more, see report\.json$/m,
      );
      const { leftOut } = JSON.parse((await runMain([...train, '--json'], { cwd })).stdout);
      expect(leftOut).toHaveLength(4);
      expect(leftOut[3]).toEqual({ file: 'g.flac', reason: expect.stringContaining('cut off') });
      // A report that is none says nothing.
      await writeFile(join(cwd, 'data', 'report.json'), '[1');
      expect((await runMain(train, { cwd })).stdout).not.toContain('left out');
    });
  });
});
