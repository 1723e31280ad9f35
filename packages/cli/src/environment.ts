import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { UsageError } from './errors.js';

/**
 * Options that were not given take their value from the variable that their help names:
 * flag, then `HIFIGAN_…`, then file, then default.
 *
 * @throws UsageError where the variable's value is not allowed
 */
export function applyEnvironment(
  command: Command,
  env: Readonly<Record<string, string | undefined>>,
): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const source = command.getOptionValueSource(name);
    const value = option.envVar ? env[option.envVar] : undefined;
    if (value === undefined || value === '' || (source !== undefined && source !== 'default')) {
      continue;
    }
    try {
      const parse = option.parseArg as ((text: string, previous: unknown) => unknown) | undefined;
      const parsed = option.isBoolean()
        ? value !== '0' && value !== 'false'
        : (parse?.(value, undefined) ?? value);
      command.setOptionValueWithSource(name, parsed, 'env');
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new UsageError(`${option.envVar}=${value}: ${error.message}`);
    }
  }
}
