import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { exists } from '../files/write-atomic.js';

/** Behind the folder of a run: of its checkpoints, that which did best in validation. */
const SUFFIX = ':best';

/** What `best.json` of a run says. */
export interface BestCheckpoint {
  /** The file of the generator, in the folder of the run. */
  readonly generator: string;
  /** Mean over the held-out clips, natural log. */
  readonly melError: number;
}

/** The best checkpoint of a run by its folder; undefined where none is named, or it is gone. */
export async function bestOf(context: Context, typed: string): Promise<BestCheckpoint | undefined> {
  const folder = pathOf(context, typed);
  try {
    const found = JSON.parse(await readFile(join(folder, 'best.json'), 'utf8'));
    const { generator, validation_mel_spec_error: melError } = found;
    const named = typeof generator === 'string' && typeof melError === 'number';
    if (!named || !(await exists(join(folder, generator)))) return undefined;
    return { generator, melError };
  } catch {
    // Runs without validation have none, and nothing depends on it.
    return undefined;
  }
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
