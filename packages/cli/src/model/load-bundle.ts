import { type Bundle, readBundle } from '@hifigan/vocoder';
import type { Context } from '../context.js';
import { foreignBundle } from '../convert/foreign-bundle.js';
import { readConfigText } from '../files/load-config.js';
import { readInput } from '../files/read-input.js';
import type { CheckpointFiles } from './locate-checkpoint.js';

/**
 * Reads what {@link CheckpointFiles} names; what is odd is told.
 *
 * @throws ConfigError, FormatError or UserError naming the file
 */
export async function loadBundle(context: Context, files: CheckpointFiles): Promise<Bundle> {
  if (files.foreign) return told(context, await foreignBundle(files.foreign));
  const text = async (path: string) => new TextDecoder().decode(await readInput(context, path));
  const bundle = readBundle(
    {
      config: await readConfigText(context, files.config),
      generator: await readInput(context, files.weights),
      card: files.card && (await text(files.card)),
    },
    { config: files.config, generator: files.weights, card: files.card },
  );
  return told(context, bundle);
}

function told({ console }: Context, bundle: Bundle): Bundle {
  for (const notice of bundle.notices) console.warn(notice);
  return bundle;
}
