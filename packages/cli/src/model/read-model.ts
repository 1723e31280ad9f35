import type { Bundle } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { readUnchanged } from '../files/source-files.js';
import { exportedAt } from './exported.js';
import { listed } from './listed.js';
import { type LoadBundleOptions, loadBundle } from './load-bundle.js';
import { type CheckpointFiles, locateCheckpoint } from './locate-checkpoint.js';

/** A model, and where it was found. */
export interface ReadModel {
  readonly located: CheckpointFiles;
  readonly bundle: Bundle;
}

/**
 * Reads what a checkpoint means, for what is made of it and handed on.
 *
 * @param typed as `--checkpoint` of synth; the packaged voice where left out
 * @throws as `locateCheckpoint` and `loadBundle`; UserError where it is an exported model, a file changed while they were read, or
 * naming all arrays that are missing, extra or misshapen
 */
export function readModel(
  context: Context,
  typed: string | undefined,
  { config, ...options }: LoadBundleOptions & { readonly config?: string } = {},
): Promise<ReadModel> {
  return readUnchanged(context, async (reading) => {
    const exported = await exportedAt(reading, typed);
    if (exported) {
      throw new UserError(
        `${exported.shown}: is what export wrote, and no weights can be taken from it; name the model that it was made of`,
      );
    }
    const located = await locateCheckpoint(reading, typed, config);
    return { located, bundle: await loadBundle(reading, located, options) };
  }).catch(listed);
}
