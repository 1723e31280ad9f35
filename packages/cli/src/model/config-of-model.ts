import type { HifiGanConfig } from '@hifigan/config';
import type { Context } from '../context.js';
import { foreignBundle } from '../convert/foreign-bundle.js';
import { loadConfig } from '../files/load-config.js';
import { exportedAt, exportedConfig, exportedFacts } from './exported.js';
import { locateCheckpoint } from './locate-checkpoint.js';

/**
 * The configuration of what `--checkpoint` means, without its weights where that can be.
 *
 * @throws ConfigError, FormatError or UserError naming the file
 */
export async function configOfModel(
  context: Context,
  checkpoint: string | undefined,
): Promise<HifiGanConfig> {
  const exported = await exportedAt(context, checkpoint);
  if (exported) {
    const facts = await exportedFacts(context, exported);
    return exportedConfig(context, exported, { facts, given: undefined });
  }
  const { foreign, config } = await locateCheckpoint(context, checkpoint);
  return foreign ? (await foreignBundle(foreign)).config : loadConfig(context, config);
}
