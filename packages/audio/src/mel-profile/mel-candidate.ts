import type { Mel } from '../mel-spectrogram.js';
import { convertMel } from './convert-mel.js';
import { frameRate, type MelProfile, type MelStatistics, topOf } from './mel-profile.js';
import { sameFrameRate, sameMel } from './same-mel.js';

/** A convention that a mel may be of. */
export interface MelCandidate {
  readonly name: string;
  readonly profile: MelProfile;
  /** From 0 to 1, all together 1: how likely among those that are known. */
  readonly score: number;
  /** What speaks for it, in words. */
  readonly reasons: readonly string[];
  /** What sound it would be, in words: seconds, bands, level. */
  readonly meaning: string;
}

/**
 * Mean distance, natural logarithms, up to which two readings come to the same. Half a hop between frames, which
 * conversion leaves as it is, makes 0.27 of speech.
 */
export const ALIKE = 0.3;
/** Frames that readings are compared on. */
const COMPARED = 64;

/**
 * What readings of a mel are compared on: its loudest frames, in their order. Of silence all readings come to the same.
 */
export function comparedPart(mel: Mel): Mel {
  const { data, frames, mels } = mel;
  if (frames <= COMPARED) return mel;
  const loudness = Array.from({ length: frames }, (_, frame) =>
    data.subarray(frame * mels, (frame + 1) * mels).reduce((sum, value) => sum + value, 0),
  );
  const chosen = [...loudness.keys()]
    .sort((a, b) => loudness[b] - loudness[a])
    .slice(0, COMPARED)
    .sort((a, b) => a - b);
  const part = new Float32Array(COMPARED * mels);
  chosen.forEach((frame, at) => {
    part.set(data.subarray(frame * mels, (frame + 1) * mels), at * mels);
  });
  return { data: part, frames: COMPARED, mels };
}

/** Whether all that a mel may be is the same to the model. */
export function comesToOne(
  mel: Mel,
  {
    candidates,
    wanted,
    statistics,
  }: {
    readonly candidates: readonly MelCandidate[];
    readonly wanted: MelProfile;
    readonly statistics?: MelStatistics;
  },
): boolean {
  const [first, ...others] = candidates;
  const lacks = ({ profile }: MelCandidate) =>
    profile.normalisation?.kind === 'statistics' && statistics?.mean.length !== profile.mels;
  if (candidates.some(lacks)) return false;
  if (others.length === 0) return true;
  // A rate is told by no value, so nothing that is computed here could bring them together.
  if (others.some(({ profile }) => !sameFrameRate(profile, first.profile))) return false;
  const part = comparedPart(mel);
  const convert = (profile: MelProfile) => convertMel(part, profile, wanted, { statistics }).mel;
  const own = convert(first.profile);
  return others.every(({ profile }) => {
    if (sameMel(profile, first.profile)) return true;
    const { data } = convert(profile);
    let sum = 0;
    for (let at = 0; at < data.length; at++) sum += Math.abs(data[at] - own.data[at]);
    return sum / data.length <= ALIKE;
  });
}

/** Why nothing decides between what a mel may be. */
export function whyUnsure(candidates: readonly MelCandidate[], hasStatistics: boolean): string {
  if (candidates[0].profile.normalisation?.kind === 'statistics' && !hasStatistics) {
    return 'the statistics that were taken out are not in the values: the profile must be named and they must be given';
  }
  const rates = new Set(
    candidates.map(({ profile }) => `${profile.samplingRate} Hz, hop ${profile.hopSize}`),
  );
  return rates.size > 1
    ? `nothing in the values tells the sampling rate and the hop (${[...rates].join('; ')})`
    : 'several conventions have such values, and the model would hear a difference';
}

/**
 * What sound a mel would be by a profile, in words.
 *
 * @param peak natural logarithm of its loudest value, a full-scale tone 0, where that is told
 */
export function meaningOf(frames: number, profile: MelProfile, peak: number | undefined): string {
  const { mels, fmin } = profile;
  const seconds = (frames / frameRate(profile)).toFixed(2);
  const level =
    peak === undefined
      ? ''
      : `, the loudest ${((20 / Math.LN10) * peak).toFixed(0)} dB from a full-scale tone`;
  return `${seconds} s, ${mels} bands from ${fmin} to ${topOf(profile)} Hz${level}`;
}
