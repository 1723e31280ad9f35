import { type MelProfile, type MelStatistics, melProfile, melProfiles } from '@hifigan/audio';
import { readMelStatistics } from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { readInput } from '../files/read-input.js';
import { oneOf } from '../options.js';

/** What `--mel-profile` and `--mel-statistics` say. */
export interface ProfileOptions {
  readonly melProfile?: string;
  readonly melStatistics?: string;
}

const NAMES = melProfiles.map(({ name }) => name);

/** Adds `--mel-profile` and `--mel-statistics` to a verb that reads mels. */
export function addProfileOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--mel-profile <name>',
        'convention of the mels, to convert them from (hifigan mel --mel-profiles lists them); auto: what is recognised, where that is sure',
      ).argParser(oneOf('auto', ...NAMES)),
    )
    .option(
      '--mel-statistics <file>',
      'of mels that are normalised by some: mean and standard deviation of each band, .npy of two rows or HDF5 (stats.h5)',
    );
}

/** `--profile`: one of the catalogue. */
export function profileOption(): Option {
  return new Option(
    '--profile <name>',
    'write the mels in this convention, at its own rate, instead of that of the configuration',
  ).argParser(oneOf(...NAMES));
}

/** A profile whose name was checked before. */
export function profileNamed(name: string): MelProfile {
  const profile = melProfile(name);
  if (!profile) throw new UserError(`${name}: is no convention; name one of ${NAMES.join(', ')}`);
  return profile;
}

/** What `--mel-statistics` names. @throws FormatError where the file holds something else */
export async function readStatistics(
  context: Context,
  path: string | undefined,
): Promise<MelStatistics | undefined> {
  if (path === undefined) return undefined;
  return readMelStatistics(await readInput(context, path, path), path);
}

/** The names and what they are, for `mel --mel-profiles`. */
export function profileLines(): string[] {
  const width = Math.max(...NAMES.map((name) => name.length));
  return melProfiles.map(({ name, title, profile }) => {
    const { mels, fmin, fmax, samplingRate, hopSize } = profile;
    return `${name.padEnd(width)}  ${title}: ${mels} bands, ${fmin} to ${fmax ?? samplingRate / 2} Hz, ${samplingRate} Hz, hop ${hopSize}`;
  });
}
