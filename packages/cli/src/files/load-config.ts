import { type HifiGanConfig, presets, readConfig } from '@hifigan/config';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { nearestName } from '../terminal/did-you-mean.js';
import { counted } from '../terminal/format.js';
import { readInput } from './read-input.js';

/** The names of the presets, for help and advice. */
export const PRESET_NAMES = Object.keys(presets).join(', ');

/** What `--config` and its like take, for help. */
export const CONFIG_ARGUMENT = `configuration file, or a preset: ${PRESET_NAMES}`;

/** The preset of that name; a file of such a name is meant by `./v1`. */
export function presetOf(typed: string): HifiGanConfig | undefined {
  return Object.hasOwn(presets, typed) ? presets[typed as keyof typeof presets] : undefined;
}

/** `; did you mean v1?`, or nothing where no preset's name is near. */
export function presetMeant(typed: string): string {
  const meant = nearestName(typed, Object.keys(presets));
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

/**
 * The text of a configuration: of a preset, a file, or stdin for `-`.
 *
 * @throws UserError naming the file and, where there is none, the presets
 */
export async function readConfigText(context: Context, typed: string): Promise<string> {
  const preset = presetOf(typed);
  if (preset) return JSON.stringify(preset);
  try {
    return new TextDecoder().decode(await readInput(context, typed));
  } catch (error) {
    const missing = ((error as Error).cause as NodeJS.ErrnoException)?.code === 'ENOENT';
    if (!(error instanceof UserError) || !missing) throw error;
    throw new UserError(
      `${error.message}, or take a preset: ${PRESET_NAMES}${presetMeant(typed)}`,
      {
        cause: error,
      },
    );
  }
}

/**
 * A configuration by the name of a preset (`v1`) or from a file; what is odd about it is told.
 *
 * @throws ConfigError, UserError
 */
export async function loadConfig(context: Context, typed: string): Promise<HifiGanConfig> {
  const preset = presetOf(typed);
  if (preset) return preset;
  const text = await readConfigText(context, typed);
  const where = typed === '-' ? 'stdin' : typed;
  const { config, unknownKeys, defaultedKeys, notices } = readConfig(text, where);
  for (const notice of notices) context.console.warn(`${where}: ${notice}`);
  if (unknownKeys.length > 0) {
    const keys = `${counted(unknownKeys.length, 'unknown key')}, kept and read by nothing`;
    context.console.warn(`${where}: ${keys}: ${unknownKeys.join(', ')}`);
  }
  if (defaultedKeys.length > 0) {
    context.console.warn(`${where}: missing keys take V1's values: ${defaultedKeys.join(', ')}`);
  }
  return config;
}
