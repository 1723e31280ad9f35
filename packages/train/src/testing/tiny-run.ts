import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWav } from '@hifigan/audio';
import { tinyConfig } from '@hifigan/testkit';
import type { RunOptions } from '../node/run-options.js';
import { randomStream } from '../random.js';

/** No step of a tiny run reaches it: training by the mel loss alone. */
export const MEL_ONLY = 1_000_000;

/** A WAV of noise, the same for the same name. */
export async function writeNoise(folder: string, id: string, samples: number): Promise<void> {
  const random = randomStream('noise', id);
  const audio = Float32Array.from({ length: samples }, () => random() - 0.5);
  const file = writeWav({ samplingRate: tinyConfig.sampling_rate, channels: [audio] });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${id}.wav`), file);
}

/** A data set of five clips (two steps an epoch, one clip over) and the options of a silent run with it. */
export async function tinyRun(folder: string, changes: Partial<RunOptions> = {}) {
  const wavs = join(folder, 'wavs');
  const ids = ['a', 'b', 'c', 'd', 'e'];
  // d is shorter than a segment.
  for (const [index, id] of ids.entries()) await writeNoise(wavs, id, index === 3 ? 700 : 2000);
  const trainingFile = join(folder, 'training.txt');
  await writeFile(trainingFile, ids.map((id) => `${id}|text\n`).join(''));
  const lines: string[] = [];
  const warnings: string[] = [];
  const options: RunOptions = {
    config: tinyConfig,
    out: join(folder, 'run'),
    wavs,
    trainingFile,
    adversarialStart: MEL_ONLY,
    maxSteps: 6,
    reporter: {
      line: (text) => void lines.push(text),
      warn: (text) => void warnings.push(text),
    },
    ...changes,
  };
  return { options, lines, warnings };
}

/** Both files of a checkpoint. */
export async function checkpointBytes(run: string, number: number): Promise<readonly Buffer[]> {
  const name = String(number).padStart(8, '0');
  return Promise.all(['g', 'do'].map((half) => readFile(join(run, `${half}_${name}.safetensors`))));
}

/** The run of `child-training.ts`: checkpoints 2, 4, 6 and 8 (the last). */
export const KILLED_RUN: Partial<RunOptions> = { maxSteps: 9, checkpointInterval: 2, keepLast: 2 };
