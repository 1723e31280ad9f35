import { join } from 'node:path';
import { type BestCheckpoint, readBest } from '@hifigan/train/node';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { exists } from '../files/write-atomic.js';

/** Behind the folder of a run: of its checkpoints, that which did best in validation. */
const SUFFIX = ':best';

/** The best checkpoint of a run by its folder; undefined where none is named, or it is gone. */
export async function bestOf(context: Context, typed: string): Promise<BestCheckpoint | undefined> {
  const folder = pathOf(context, typed);
  // Runs without validation have none, and nothing depends on it.
  const best = await readBest(folder).catch(() => undefined);
  return best && (await exists(join(folder, best.generator))) ? best : undefined;
}

/**
 * What `RUN:best` means; anything else is left as it is.
 *
 * @throws UserError where the run has no such checkpoint
 */
export async function resolveBest(context: Context, typed: string): Promise<string> {
  if (!typed.endsWith(SUFFIX) || (await exists(pathOf(context, typed)))) return typed;
  const run = typed.slice(0, -SUFFIX.length);
  const best = await bestOf(context, run);
  if (!best) {
    throw new UserError(
      `${typed}: ${run} must be a training run with a best.json, which validation writes, and the checkpoint it names; take the latest with ${run}`,
    );
  }
  return join(run, best.generator);
}
