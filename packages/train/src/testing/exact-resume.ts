import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunOptions } from '../node/run-options.js';
import { runTraining } from '../node/run-training.js';
import { inFolder } from './in-folder.js';
import { checkpointBytes, tinyRun } from './tiny-run.js';

/** A training with all that has a state: warm-up, clipping, averages, two learning rates, a schedule that decays. */
const EVERYTHING = {
  optimization: { clipNorm: 200, emaDecay: 0.99, discriminatorLearningRate: 1e-4 },
  summaryInterval: 1,
  keepLast: 1,
} satisfies Partial<RunOptions>;

/** What a training left: the losses of each step, as the log has them, and the bytes of its last checkpoint. */
export interface Trace {
  readonly losses: readonly Readonly<Record<string, number>>[];
  readonly checkpoint: readonly Buffer[];
}

export interface TraceOptions {
  readonly steps: number;
  /** Steps after which it is stopped and begun again, in order. */
  readonly stops: readonly number[];
  readonly adversarialStart: number;
}

/** Trains on the active backend in one go or in pieces. */
export function traceOf({ steps, stops, adversarialStart }: TraceOptions): Promise<Trace> {
  return inFolder(async (folder) => {
    const { options } = await tinyRun(folder, { ...EVERYTHING, adversarialStart });
    for (const maxSteps of [...stops, steps]) {
      // The first alone tells; all others keep what the run was told.
      const { optimization, adversarialStart: _, ...bare } = options;
      await runTraining({ ...(maxSteps === (stops[0] ?? steps) ? options : bare), maxSteps });
    }
    const log = (await readFile(join(options.out, 'log.ndjson'), 'utf8')).trim().split('\n');
    const losses = log.map((line) => {
      const { step, epoch, learning_rate, losses } = JSON.parse(line);
      return { step, epoch, learning_rate, ...losses } as Record<string, number>;
    });
    return { losses, checkpoint: await checkpointBytes(options.out, steps - 1) };
  });
}

/** The largest relative difference of any loss of two traces of equally many steps. */
export function noiseBetween(a: Trace, b: Trace): number {
  let most = 0;
  for (const [step, losses] of a.losses.entries()) {
    for (const [name, value] of Object.entries(losses)) {
      const other = b.losses[step]?.[name] ?? Number.NaN;
      const off = value === other ? 0 : Math.abs(other - value) / Math.abs(value);
      // Written so that NaN counts.
      if (!(off <= most)) most = off;
    }
  }
  return most;
}
