import { type Command, InvalidArgumentError, type Option } from 'commander';
import { UsageError } from './errors.js';

/** Verbs of which every option has a variable, without one that its help names. */
const WHOLE_VERBS: ReadonlySet<string> = new Set(['train']);

/** What writes over files is typed each time, and help is asked for. */
const TYPED_ONLY: ReadonlySet<string> = new Set(['force', 'help']);

/**
 * Options that were not given take their value from a variable: that which their help names; for `train`, besides,
 * `HIFIGAN_` and their name in capitals (`HIFIGAN_MAX_STEPS` for `--max-steps`). Flag, then variable, then file,
 * then default. Several values of one option have spaces between them.
 *
 * @throws UsageError where the variable's value is not allowed
 */
export function applyEnvironment(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const option of command.options) {
    const variable = option.envVar ?? variableOf(command, option);
    const value = variable && env[variable];
    const name = option.attributeName();
    const source = command.getOptionValueSource(name);
    if (!value || (source !== undefined && source !== 'default')) continue;
    try {
      command.setOptionValueWithSource(name, parsed(option, value), 'env');
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new UsageError(`${variable}=${value}: ${error.message}`);
    }
  }
}

function variableOf(command: Command, option: Option): string | undefined {
  const name = option.name().replace(/^no-/, '');
  if (!WHOLE_VERBS.has(command.name()) || TYPED_ONLY.has(name)) return undefined;
  return `HIFIGAN_${name.toUpperCase().replaceAll('-', '_')}`;
}

function parsed(option: Option, text: string): unknown {
  if (option.isBoolean() || option.negate) return text !== '0' && text !== 'false';
  const parse = option.parseArg as ((text: string, previous: unknown) => unknown) | undefined;
  if (Array.isArray(option.defaultValue)) {
    return text
      .split(/\s+/)
      .reduce<unknown>((before, one) => parse?.(one, before) ?? one, option.defaultValue);
  }
  return parse?.(text, undefined) ?? text;
}
