import {
  convertMel,
  type Mel,
  type MelCandidate,
  MelError,
  type MelProfile,
  type MelRecognition,
  type MelStatistics,
  melProfile,
  recognizeMel,
  type StoredArray,
  sameMel,
} from '@hifigan/audio';
import { UserError } from '../errors.js';
import type { Convention } from './profile-options.js';

export interface ForeignMelOptions {
  /** What the model takes. */
  readonly wanted: MelProfile;
  /** The convention that it is of, or to be recognised. */
  readonly convention: Convention | 'auto';
  readonly statistics?: MelStatistics;
  readonly shown: string;
  /** Is told what was done, a sentence each. */
  readonly tell: (message: string) => void;
}

/**
 * The mel that a model takes, of an array in a convention that is named or to be recognised.
 *
 * @throws UserError where it cannot be told what it is
 * @throws MelError where it cannot be converted
 */
export function foreignMel(
  array: StoredArray,
  { wanted, convention, statistics, shown, tell }: ForeignMelOptions,
): Mel {
  if (convention !== 'auto') {
    const { name, profile: from } = convention;
    const mel = bandsOf(array, from, shown);
    tellSquare(mel, { shown, tell });
    return converted(mel, { from, wanted, name, statistics, shown, tell });
  }
  const found = recognizeMel(array, { wanted, statistics });
  if (found.mel) tellSquare(found.mel, { shown, tell });
  if (found.mel && found.verdict === 'fits') {
    if (found.axes === 'frames first') tell(`${shown}: its axes were swapped`);
    if (found.rivals.length > 0) {
      tell(
        `${shown}: taken as what the model wants, and its values would be no others of ${listed(found.rivals)}; if it sounds too high or low, too fast or slow, name that one with --mel-profile`,
      );
    }
    return found.mel;
  }
  if (found.mel && found.sure) {
    const { name: sure, profile: from } = found.sure;
    const mel = converted(found.mel, { from, wanted, name: sure, statistics, shown, tell });
    if (found.rivals.length > 0) {
      tell(
        `${shown}: its values may be of ${listed(found.rivals)} as well, which would sound nearly the same: by at most 0.3 in natural logarithms of the mel, as half a hop does`,
      );
    }
    return mel;
  }
  throw new UserError(`${shown}: ${whyNotSure(found, wanted)}`);
}

/** Where as many frames as bands leave it open which is which. */
function tellSquare(
  { frames, mels }: Mel,
  { shown, tell }: Pick<ForeignMelOptions, 'shown' | 'tell'>,
): void {
  if (frames !== mels) return;
  tell(
    `${shown}: as many frames as bands (${mels}): its axes were told by the fall of sound towards high bands, which may be wrong; if it sounds wrong, save it transposed: numpy.save(path, array.T)`,
  );
}

/** `[frames, mels]`, whichever axis has as many bands as the profile. */
function bandsOf(array: StoredArray, profile: MelProfile, shown: string): Mel {
  const found = recognizeMel(array, { wanted: profile });
  if (found.mel === undefined) throw new MelError(`${shown}: ${found.evidence.join('; ')}`);
  return found.mel;
}

function converted(
  mel: Mel,
  options: Omit<ForeignMelOptions, 'convention'> & { from: MelProfile; name: string },
): Mel {
  const { from, wanted, name, statistics, shown, tell } = options;
  try {
    const { mel: result, losses } = convertMel(mel, from, wanted, { statistics, where: shown });
    tell(`${shown}: converted from ${name}${losses.length > 0 ? `; ${losses.join('; ')}` : ''}`);
    return result;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(`${error.message}: --mel-statistics FILE.npy`);
  }
}

/** To begin a profile of one's own with. */
export const HOW_TO_STATE = 'hifigan mel --mel-profiles NAME writes one to change';

/** Why `auto` does not decide. */
function whyNotSure(found: MelRecognition, wanted: MelProfile): string {
  const { verdict, candidates, evidence } = found;
  if (verdict === 'broken') return evidence.join('; ');
  if (verdict === 'unknown') {
    return `${evidence.join('; ')}; make it with hifigan mel, or name its convention with --mel-profile, or state it in a FILE.json (${HOW_TO_STATE})`;
  }
  if (verdict === 'unsure') {
    return `it may be what the model wants or not: ${evidence.at(-1)}; ${unsureAdvice(found, wanted)}`;
  }
  return `it may be of several conventions: ${evidence.at(-1)}; name the one that it was made by with --mel-profile NAME, or state another in a FILE.json (${HOW_TO_STATE}):\n${alternatives(candidates)}`;
}

/** What to do about a mel that may be the model's own or not. */
export function unsureAdvice(
  { axes, candidates }: Pick<MelRecognition, 'axes' | 'candidates'>,
  wanted: MelProfile,
): string {
  const others = candidates.filter(({ profile }) => !sameMel(profile, wanted));
  const own = candidates.find(({ profile }) => profile === wanted)?.name;
  // A convention that is named is looked for along both axes; without one they are taken as they are.
  const named = own !== undefined && melProfile(own) ? ` --mel-profile ${own}` : undefined;
  const suits =
    axes !== 'frames first'
      ? 'it suits: synth without --mel-profile takes it so'
      : named
        ? `its axes are swapped: synth${named} turns it`
        : 'its axes are swapped: save it transposed, numpy.save(path, array.T), and synth without --mel-profile takes it';
  const state = `state its convention in a FILE.json (${HOW_TO_STATE})`;
  return others.length === 0
    ? `if it was made for this model, ${suits}; if not, ${state}: synth --mel-profile FILE.json`
    : `if it was made for this model, ${suits}; if not, name the convention that it was made by, synth --mel-profile NAME, or ${state}:\n${alternatives(others)}`;
}

function listed(candidates: readonly MelCandidate[]): string {
  return candidates.map(({ name, meaning }) => `${name} (${meaning})`).join(', ');
}

/** What each would mean for the sound, a line each; nothing tells a rate or a hop but who made the mel. */
export function alternatives(candidates: readonly MelCandidate[]): string {
  const width = Math.max(...candidates.map(({ name }) => name.length));
  return candidates
    .map(
      ({ name, meaning, profile: { samplingRate, hopSize } }) =>
        `  ${name.padEnd(width)}  ${samplingRate} Hz, hop ${hopSize}: ${meaning}`,
    )
    .join('\n');
}
