import { type HifiGanConfig, presets, readConfig } from '@hifigan/config';
import type { Context } from '../context.js';
import { counted } from '../terminal/format.js';
import { readInput } from './read-input.js';

/**
 * A configuration by the name of a preset (`v1`) or from a file; what is odd about it is told.
 *
 * @throws ConfigError, UserError
 */
export async function loadConfig(context: Context, typed: string): Promise<HifiGanConfig> {
  if (Object.hasOwn(presets, typed)) return presets[typed as keyof typeof presets];
  const text = new TextDecoder().decode(await readInput(context, typed));
  const { config, unknownKeys, defaultedKeys, notices } = readConfig(text, typed);
  for (const notice of notices) context.console.warn(`${typed}: ${notice}`);
  if (unknownKeys.length > 0) {
    const keys = `${counted(unknownKeys.length, 'unknown key')}, kept and read by nothing`;
    context.console.warn(`${typed}: ${keys}: ${unknownKeys.join(', ')}`);
  }
  if (defaultedKeys.length > 0) {
    context.console.warn(`${typed}: missing keys take V1's values: ${defaultedKeys.join(', ')}`);
  }
  return config;
}
