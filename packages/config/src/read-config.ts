import { checkType, isRecord, show } from './check-type.js';
import { ConfigError, type ConfigProblem } from './config-error.js';
import type { HifiGanConfig } from './hifi-gan-config.js';
import { noticesOf } from './notices.js';
import { parseJson } from './parse-json.js';
import { rules } from './rules.js';
import { configSchema, type Schema } from './schema.js';

/** A configuration that has passed all checks. */
export interface ReadConfig {
  /** Every key of the reference, and the unknown ones as they were, in the order of the file. */
  readonly config: HifiGanConfig;
  /** Paths of keys that the reference does not have; kept, read by nothing. */
  readonly unknownKeys: readonly string[];
  /** Keys that were missing and were given their default (V1's value): only such as training reads. */
  readonly defaultedKeys: readonly string[];
  /** What is allowed, but worth telling. */
  readonly notices: readonly string[];
}

/**
 * Reads and checks a configuration.
 *
 * @param source JSON text, or the object that it holds
 * @param where what to call it in errors (a path or URL)
 * @throws ConfigError with all problems at once, each with its path and what to do
 */
export function readConfig(source: string | object, where = 'config'): ReadConfig {
  const value = typeof source === 'string' ? parseJson(source, where) : source;
  if (!isRecord(value)) {
    throw new ConfigError(where, [
      {
        path: '',
        message: `${show(value)} must be a JSON object; begin with: hifigan config init v1`,
      },
    ]);
  }
  const schemas = configSchema.properties as Readonly<Record<string, Schema>>;
  const problems: ConfigProblem[] = [];
  const wrong = new Set<string>();
  const defaultedKeys: string[] = [];
  const config = copy(value);
  for (const [key, schema] of Object.entries(schemas)) {
    if (Object.hasOwn(config, key)) {
      const found = checkType(config[key], schema, key);
      if (found.length > 0) wrong.add(key);
      problems.push(...found);
    } else if ((configSchema.required as readonly string[]).includes(key)) {
      wrong.add(key);
      problems.push({ path: key, message: missing(key, config, schemas) });
    } else if (schema.default !== undefined) {
      config[key] = copy(schema.default);
      defaultedKeys.push(key);
    }
  }
  // Rules look only at keys that are there and have the right type, so the cast holds for what they read.
  const checked = config as unknown as HifiGanConfig;
  for (const rule of rules) {
    if (!rule.reads.some((key) => wrong.has(key))) problems.push(...rule.check(checked));
  }
  if (problems.length > 0) throw new ConfigError(where, problems);
  return {
    config: checked,
    unknownKeys: unknownKeys(config, schemas),
    defaultedKeys,
    notices: noticesOf(checked),
  };
}

/** A deep copy of JSON values, so that no caller shares ours. */
function copy<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copy) as T;
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) as T;
}

function missing(key: string, config: object, schemas: Readonly<Record<string, Schema>>): string {
  const similar = Object.keys(config).find(
    (other) => !(other in schemas) && fold(other) === fold(key),
  );
  const what = `is missing, and must be there because the model or its features depend on it`;
  return similar
    ? `${what}; rename ${similar} to ${key}`
    : `${what}; add it (presets: hifigan config init v1)`;
}

const fold = (key: string) => key.toLowerCase().replace(/[^a-z0-9]/g, '');

function unknownKeys(
  config: Record<string, unknown>,
  schemas: Readonly<Record<string, Schema>>,
): string[] {
  return Object.entries(config).flatMap(([key, value]) => {
    const schema = schemas[key];
    if (!schema) return [key];
    if (!schema.properties || !isRecord(value)) return [];
    return Object.keys(value)
      .filter((inner) => !(inner in schema.properties!))
      .map((inner) => `${key}.${inner}`);
  });
}
