import { type MelProfile, type MelStatistics, melProfile, melProfiles } from '@hifigan/audio';
import { readMelStatistics } from '@hifigan/vocoder';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.js';
import { readInput } from '../files/read-input.js';
import { oneOf } from '../options.js';
import { readProfileFile } from './profile-file.js';

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
        'convention of the mels, to convert them from: a name (hifigan mel --mel-profiles lists them) or a FILE.json that states one; auto: what is recognised, where that is sure',
      ).argParser(nameOrFile('auto', ...NAMES)),
    )
    .option(
      '--mel-statistics <file>',
      'of mels that are normalised by some: mean and standard deviation of each band, .npy of two rows or HDF5 (stats.h5)',
    );
}

/** `--mel-profile` of the verb that makes mels: one of the catalogue, or a file. */
export function addProfileOption(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--mel-profile <name>',
        'write (or check) the mels in this convention, at its own rate, instead of that of the configuration: a name (--mel-profiles lists them) or a FILE.json',
      ).argParser(nameOrFile(...NAMES)),
    )
    .addOption(
      new Option('--profile <name>').hideHelp().argParser(() => {
        throw new InvalidArgumentError('It is called --mel-profile, as it is for synth.');
      }),
    );
}

/** A convention that mels are of. */
export interface Convention {
  /** As the user gave it. */
  readonly name: string;
  readonly profile: MelProfile;
}

/**
 * What `--mel-profile` names: one of the catalogue, or a file that states one.
 *
 * @throws UserError where the file cannot be read or is no profile
 */
export async function conventionOf(context: Context, name: string): Promise<Convention> {
  return { name, profile: melProfile(name) ?? (await readProfileFile(context, name)) };
}

/** One of some names, or a path that ends as JSON does. */
function nameOrFile(...names: readonly string[]): (text: string) => string {
  const known = oneOf(...names, 'FILE.json');
  return (text) => (/.\.json$/i.test(text) ? text : known(text));
}

/** A profile as the file that states it, for `mel --mel-profiles NAME`. */
export function profileText(name: string): string {
  return JSON.stringify(melProfile(name), null, 2);
}

/** What is said of mels. */
export interface StatedMels {
  readonly convention?: Convention | 'auto';
  readonly statistics?: MelStatistics;
}

/**
 * Reads what the options name.
 *
 * @throws UserError where a profile is none, FormatError where the file of statistics holds something else
 */
export async function statedMels(
  context: Context,
  { melProfile: name, melStatistics: path }: ProfileOptions,
): Promise<StatedMels> {
  return {
    ...(name !== undefined && {
      convention: name === 'auto' ? name : await conventionOf(context, name),
    }),
    ...(path !== undefined && {
      statistics: await readMelStatistics(await readInput(context, path, path), path),
    }),
  };
}

/** `--mel-profiles`: the list, or one of it. */
export function profilesOption(): Option {
  return new Option(
    '--mel-profiles [name]',
    'list the conventions that mels can be of, or write one as JSON, to be changed into a FILE.json of your own',
  ).argParser(oneOf(...NAMES));
}

/** The names and what they are, for `mel --mel-profiles`. */
export function profileLines(): string[] {
  const width = Math.max(...NAMES.map((name) => name.length));
  return melProfiles.map(({ name, title, profile }) => {
    const { mels, fmin, fmax, samplingRate, hopSize } = profile;
    return `${name.padEnd(width)}  ${title}: ${mels} bands, ${fmin} to ${fmax ?? samplingRate / 2} Hz, ${samplingRate} Hz, hop ${hopSize}`;
  });
}
