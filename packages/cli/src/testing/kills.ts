import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { generatorOf, inTrainWorkshop, MEL_ONLY } from './train.js';
import { startTraining, until } from './train-process.js';

/** A checkpoint each second step, with averages and a best one: as much writing as there can be. */
const OPTIONS = [
  ...MEL_ONLY,
  ...['--checkpoint_interval', '2', '--keep-last', '2', '--ema', '0.9', '--clip-norm', '100'],
  ...['--validation_interval', '3', '--summary_interval', '1', '--stdout_interval', '1'],
];

/** Files of a run with two last checkpoints and a best one, and the drafts and locks of one process. */
const MOST_FILES = 3 * 3 + 3 + 4 + 4;

/** Of what it says before it is killed: five of opening, then two or three a step. */
const MOST_LINES = 30;

/**
 * Kills a training (`hifigan train`, a process of its own) at random moments, so many times, and holds what it leaves
 * against what was promised: each time it goes on, from its last checkpoint or a later one; no drafts gather; the log
 * has each step once and in order; and in the end the bytes are those of a training that nobody disturbed.
 *
 * @param random in [0, 1)
 * @returns how many steps were done and how many of them anew
 */
export async function killedAtRandom(kills: number, random: () => number) {
  let found = { steps: 0, anew: 0, before: 0 };
  await inTrainWorkshop(async (_, folder) => {
    const run = join(folder, 'run');
    /** Steps of the last checkpoint that was told as saved, and of the last step that was told. */
    let [saved, done, anew, before] = [0, 0, 0, 0];
    for (let kill = 0; kill < kills; kill++) {
      const training = startTraining(folder, OPTIONS);
      // By what it has said, so that a slow machine is killed at the same moments: opening, steps, saves, validations.
      const lines = 1 + Math.floor(random() * MOST_LINES);
      const reached = () => training.said().split('\n').length > lines;
      await until(() => training.child.exitCode !== null || reached());
      await new Promise((proceed) => setTimeout(proceed, random() * 60));
      training.child.kill('SIGKILL');
      expect(await training.ended, training.said()).toBe('SIGKILL');
      const text = training.said();
      if (!/^step \d+, /m.test(text)) before++;
      await checkFolder(run, kill);
      if ((kill + 1) % 20 === 0) console.info(`${kill + 1} of ${kills} kills`);
      // Killed before it looked.
      if (!/^(begins in|goes on from) /m.test(text)) continue;
      const from = Number(/: (\d+) steps? done, /.exec(text)?.[1] ?? 0);
      expect(
        from,
        `kill ${kill}: goes on from its last checkpoint\n${text}`,
      ).toBeGreaterThanOrEqual(saved);
      anew += Math.max(0, done - from);
      const numbers = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, n]) => Number(n));
      saved = Math.max(from, ...numbers(/^saved .*g_(\d+)\.safetensors$/gm).map((n) => n + 1));
      done = Math.max(from, ...numbers(/^step (\d+), /gm));
    }

    const end = done + 3;
    const last = startTraining(folder, [
      ...OPTIONS,
      '--max-steps',
      String(end),
      ...(saved ? ['--resume'] : []),
    ]);
    expect(await last.ended, last.said()).toBe(0);
    await checkFolder(run, kills);
    const names = await readdir(run);
    expect(names.filter((name) => /\.tmp|\.lock/.test(name))).toEqual([]);
    const steps = await stepsInLog(run);
    expect(steps).toEqual(Array.from({ length: end }, (_, step) => step));

    const undisturbed = startTraining(folder, [
      ...OPTIONS,
      ...['--out', 'undisturbed', '--max-steps', String(end)],
    ]);
    expect(await undisturbed.ended, undisturbed.said()).toBe(0);
    for (const half of ['g', 'do', 'ema']) {
      const bytesIn = (name: string) =>
        readFile(generatorOf(folder, end - 1, name).replace(/g_(\d+)/, `${half}_$1`));
      const [found, expected] = [await bytesIn('run'), await bytesIn('undisturbed')];
      expect(found.equals(expected), `${half}_ of step ${end - 1}`).toBe(true);
    }
    found = { steps: end, anew, before };
  });
  return found;
}

async function checkFolder(run: string, kill: number): Promise<void> {
  const names = await readdir(run);
  expect(names.length, `kill ${kill}: ${names.join(' ')}`).toBeLessThanOrEqual(MOST_FILES);
  const steps = await stepsInLog(run);
  expect(steps, `kill ${kill}`).toEqual(steps.map((_, index) => index));
}

/** The steps of the log's records of losses; of a line that the kill has torn, nothing. */
async function stepsInLog(run: string): Promise<number[]> {
  const text = await readFile(join(run, 'log.ndjson'), 'utf8').catch(() => '');
  const lines = text.split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line) as { readonly step: number; readonly losses?: object })
    .flatMap(({ step, losses }) => (losses ? [step] : []));
}
