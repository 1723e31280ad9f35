import { configSchema } from '@hifigan/config';
import { UsageError } from '../errors.js';

/** All options of the reference's trainer. */
export const REFERENCE_OPTIONS: readonly string[] = [
  'checkpoint_interval',
  'checkpoint_path',
  'config',
  'fine_tuning',
  'group_name',
  'input_mels_dir',
  'input_training_file',
  'input_validation_file',
  'input_wavs_dir',
  'stdout_interval',
  'summary_interval',
  'training_epochs',
  'validation_interval',
].map((name) => `--${name}`);

/**
 * Writes the reference's options out where they were shortened: its parser (Python's argparse) takes any beginning
 * that is that of one alone, so `--conf c.json --fine False` stand in people's scripts. Names that we have stay what
 * they are.
 *
 * @param argv what follows the verb
 * @param own every option of the verb, with its dashes
 * @throws UsageError where a beginning may be that of several, as there; where it is a key of the configuration
 */
export function writtenOut(argv: readonly string[], own: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, index) => {
    if (!word.startsWith('--') || (end >= 0 && index >= end)) return word;
    const [name] = word.split('=', 1);
    if (own.includes(name)) return word;
    const [only, ...others] = REFERENCE_OPTIONS.filter((one) => one.startsWith(name));
    if (only === undefined) {
      const key = name.slice(2).replaceAll('-', '_');
      if (!Object.hasOwn(configSchema.properties ?? {}, key)) return word;
      throw new UsageError(
        `${name}: is a key of the configuration, no option; say --set ${key}=VALUE, or set it in the file of --config`,
      );
    }
    if (others.length > 0) {
      throw new UsageError(
        `${name}: must be written out, because it may be ${[only, ...others].join(' or ')}`,
      );
    }
    return only + word.slice(name.length);
  });
}
