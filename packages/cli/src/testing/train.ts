import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tinyConfig } from '@hifigan/testkit';
import { writeTone } from './audio.js';
import { inFolder, type Run, runMain } from './run-main.js';

/** So that the discriminators, which are large whatever the generator is, never join. */
export const MEL_ONLY = ['--backend', 'cpu', '--adversarial-start', '1000000'];

/** A folder with a data set `data` as `prepare` makes it and a configuration of a tiny model. */
export async function inTrainWorkshop(
  work: (
    train: (...options: readonly string[]) => Promise<Run>,
    folder: string,
    run: (options: readonly string[], host?: Parameters<typeof runMain>[1]) => Promise<Run>,
  ) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    const wavs = join(folder, 'data', 'wavs');
    const ids = ['a', 'b', 'c', 'd'];
    for (const [index, id] of ids.entries()) {
      await writeTone(wavs, `${id}.wav`, {
        samplingRate: tinyConfig.sampling_rate,
        seconds: 0.2,
        frequency: 200 + 100 * index,
      });
    }
    await writeFile(join(folder, 'data', 'training.txt'), 'a|\nb|\nc|\n');
    await writeFile(join(folder, 'data', 'validation.txt'), 'd|\n');
    const config = { ...tinyConfig, batch_size: 1 };
    await writeFile(join(folder, 'tiny.json'), JSON.stringify(config));
    const run = (options: readonly string[], host: Parameters<typeof runMain>[1] = {}) =>
      runMain(['train', ...options, ...MEL_ONLY], { cwd: folder, ...host });
    await work((...options) => run(options), folder, run);
  });
}

/** Ends a run from outside once it has asked for the time so often. */
export function interruptAfter(calls: number) {
  const controller = new AbortController();
  let asked = 0;
  const now = () => {
    if (++asked === calls) controller.abort();
    return performance.now();
  };
  return { signal: controller.signal, now };
}

/** A generator that a run leaves in a folder. */
export const generatorOf = (folder: string, number: number, run = 'run') =>
  join(folder, run, `g_${String(number).padStart(8, '0')}.safetensors`);

/** What the runs of the workshop begin with. */
export const BASE = ['data', '--config', 'tiny.json', '--out', 'run'] as const;
