import type { Mel } from '../mel-spectrogram.js';
import { unitsPerLevel } from './mel-levels.js';
import type { MelProfile } from './mel-profile.js';
import type { MelValues } from './mel-values.js';

/** What goes wrong on the way to a mel that is of a convention otherwise. */
export interface MelMistake {
  /** What was done, as a sentence without a full stop, with what undoes it. */
  readonly words: string;
  /** Whether what was done leaves values that the convention cannot have. */
  readonly isImpossible: boolean;
  /** The mel as it was before, or undefined where this cannot have happened to it. */
  readonly undo: (mel: Mel, profile: MelProfile, lowest: number) => Mel | undefined;
}

/** Of samples from −32768 to 32767. */
export const INT16 = Math.log(32768);
/**
 * How rough neighbouring bands are at the bottom over how rough they are at the top, at most, of a mel that stands on
 * its head: narrow bands hold harmonics and few bins, wide ones are smooth. Recordings and noises of any colour have
 * 1.5 to 3.1, whatever their spectrum.
 */
const HEADSTAND = 0.7;

/** Each is held against the model's own convention, where nothing else fits or all else is far less likely. */
export const melMistakes: readonly MelMistake[] = [
  {
    words:
      'with the bands in their order turned over it would be speech: they begin with the highest; turn them: array[::-1] of [mels, frames]',
    isImpossible: false,
    undo: (mel, { log }) =>
      roughness(log === 'none' ? { ...mel, data: mel.data.map(Math.log) } : mel) < HEADSTAND
        ? { ...mel, data: turnedOver(mel) }
        : undefined,
  },
  {
    words:
      'no value is negative and the loudest is far above full scale: it may be log(1 + c·sum) with a factor c such as 10000, or the logarithm of samples from −32768 to 32767 that are nowhere quiet, and no value tells which; make it again without the factor',
    isImpossible: true,
    undo: (mel, profile, lowest) =>
      isNegative(mel) ? undefined : withoutInt16(mel, profile, lowest),
  },
  {
    words:
      'less the logarithm of 32768 it would be speech: it was made of samples from −32768 to 32767; divide those by 32768 before the transform',
    isImpossible: true,
    // A logarithm of samples goes below 0 where they are quiet; what was added to it keeps it above.
    undo: (mel, profile, lowest) =>
      isNegative(mel) ? withoutInt16(mel, profile, lowest) : undefined,
  },
  {
    words: 'with the sign turned over it would be speech: multiply it by −1',
    isImpossible: true,
    undo: (mel) => ({ ...mel, data: mel.data.map((value) => -value) }),
  },
];

function isNegative({ data }: Mel): boolean {
  return data.some((value) => value < 0);
}

/** Less what samples from −32768 to 32767 add to a logarithm, which a profile must have. */
function withoutInt16(mel: Mel, profile: MelProfile, lowest: number): Mel | undefined {
  const units = unitsPerLevel(profile) * (profile.magnitude === 'power' ? 2 : 1);
  if (Number.isNaN(units) || profile.normalisation) return undefined;
  const data = mel.data.map((value) => Math.max(value - units * INT16, lowest));
  return { ...mel, data };
}

/** Bands in their order turned over, frame by frame. */
function turnedOver({ data, mels }: Mel): Float32Array {
  return data.map((_, at) => data[at - (at % mels) + mels - 1 - (at % mels)]);
}

/** {@link HEADSTAND}; at least 1 where too little sounds to tell. */
function roughness({ data, frames, mels }: Mel): number {
  const low = data.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const silent = (at: number) => !(data[at] > low + 1e-6);
  const middle = (from: number, to: number) => {
    const bends: number[] = [];
    for (let frame = 0; frame < frames; frame++) {
      for (let at = frame * mels + from; at < frame * mels + to; at++) {
        if (silent(at - 1) || silent(at) || silent(at + 1)) continue;
        bends.push(Math.abs(2 * data[at] - data[at - 1] - data[at + 1]));
      }
    }
    return bends.sort((a, b) => a - b)[bends.length >> 1] ?? 0;
  };
  const quarter = mels >> 2;
  const top = middle(mels - quarter, mels - 1);
  return top > 0 ? middle(1, quarter) / top : 1;
}

/** Ranges that mels are scaled to. */
const RANGES = [
  [-1, 1],
  [0, 1],
  [-4, 4],
  [0, 4],
] as const;

/**
 * Where values end just at both ends of a usual range, the upper reached but once: scaled by the clip's own extremes,
 * as a range that is fixed leaves room above. In words; undefined where they were not.
 */
export function scaledByItself({ low, high, atHigh }: MelValues): string | undefined {
  const ends = RANGES.find(
    ([from, to]) => Math.abs(low - from) < 1e-6 && Math.abs(high - to) < 1e-6,
  );
  if (!ends || atHigh > 1) return undefined;
  return `values end just at ${ends[0]} and ${ends[1]}, and one alone has the upper end: they were scaled by the quietest and the loudest of the clip, which nothing in the file tells; undo that with the two, or make the mel again without it`;
}
