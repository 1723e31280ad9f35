import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, configSchema, type HifiGanConfig, readConfig } from '@hifigan/config';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { loadConfig } from '../files/load-config.js';
import { nearestName } from '../terminal/did-you-mean.js';

/** What a training is configured by where nothing is named and its folder holds no configuration. */
const USUAL_CONFIG = 'v1';

/**
 * The configuration that was named, else that of the run, else V1 (which is said), with single keys changed.
 *
 * @param folder of the run
 * @param set `key=value`, each
 * @throws ConfigError, UserError, UsageError
 */
export async function chooseConfig(
  context: Context,
  folder: string,
  { config, set }: { readonly config?: string; readonly set: readonly string[] },
): Promise<HifiGanConfig> {
  const own = join(folder, 'config.json');
  const fallback = () => {
    if (existsSync(own)) return own;
    context.console.note(`configuration ${USUAL_CONFIG}, as --config names none`);
    return USUAL_CONFIG;
  };
  // As empty as the reference's default.
  const read = await loadConfig(context, config || fallback());
  if (set.length === 0) return read;
  const changes = set.map((text) => changeOf(text, read));
  try {
    return readConfig({ ...read, ...Object.fromEntries(changes) }, '--set').config;
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message, { cause: error }) : error;
  }
}

function changeOf(text: string, read: HifiGanConfig): readonly [string, unknown] {
  const at = text.indexOf('=');
  const key = text.slice(0, at);
  // What a configuration may have but need not stands in the schema alone.
  const keys = Object.keys({ ...read, ...configSchema.properties });
  if (at < 1 || !keys.includes(key)) {
    const meant = nearestName(at < 0 ? text : key, keys);
    throw new UsageError(
      `--set ${text}: must be key=value with a key of the configuration, such as batch_size=8` +
        (meant === undefined ? '' : `; did you mean ${meant}${at < 0 ? '=…' : ''}?`),
    );
  }
  return [key, parseValue(text.slice(at + 1), read[key as keyof HifiGanConfig])];
}

/** JSON, or a text as it stands; always a text where there was one (resblock=1). */
function parseValue(text: string, before: unknown): unknown {
  if (typeof before === 'string') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For `--set`, given once or several times; spaces part several changes in a variable of the environment. */
export function collectChanges(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
