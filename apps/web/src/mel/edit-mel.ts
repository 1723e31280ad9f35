import { convertMel, hzToMel, type Mel, type MelProfile, melToHz } from '@hifigan/audio';
import type { MelEdits } from '../protocol.js';

/** Knots of the gains. */
export const GAIN_KNOTS = 8;

export const NO_EDITS: MelEdits = {
  gains: Array.from({ length: GAIN_KNOTS }, () => 0),
  stretch: 1,
  shift: 0,
};

export function isEdited({ gains, stretch, shift }: MelEdits): boolean {
  return stretch !== 1 || shift !== 0 || gains.some((gain) => gain !== 0);
}

/**
 * What one hears of a mel when it is changed: moved along frequency, made longer or shorter, louder and softer by bands.
 * All is interpolation between the values that are there: a mel has no phases, so that lengths change without pitch; what
 * moves along frequency takes formants with it, so that a shifted voice is that of another throat.
 *
 * @param mel `[frames, mels]` of the profile
 * @returns round(frames · stretch) frames, at least one
 * @throws RangeError where the profile is normalised by statistics, which this does not know
 */
export function editMel(mel: Mel, edits: MelEdits, profile: MelProfile): Mel {
  if (!isEdited(edits)) return mel;
  // Decibels are added to logarithms of sums: other numbers go there and back.
  const plain: MelProfile = { ...profile, log: 'natural', normalisation: undefined };
  const isPlain = profile.log === 'natural' && profile.normalisation === undefined;
  const natural = isPlain ? mel : convertMel(mel, profile, plain).mel;
  const moved = shifted(natural, edits.shift, plain);
  const edited = amplified(stretched(moved, edits.stretch), edits.gains, plain);
  return isPlain ? edited : convertMel(edited, plain, profile).mel;
}

/** Natural logarithm of what stands for nothing. */
function floorOf({ floor }: MelProfile): number {
  return floor > 0 ? Math.log(floor) : Math.log(1e-10);
}

function shifted(mel: Mel, semitones: number, profile: MelProfile): Mel {
  if (semitones === 0) return mel;
  const { data, frames, mels } = mel;
  const ratio = 2 ** (semitones / 12);
  const low = hzToMel(profile.fmin);
  const step = (hzToMel(profile.fmax ?? profile.samplingRate / 2) - low) / (mels + 1);
  const floor = floorOf(profile);
  const result = new Float32Array(data.length);
  for (let band = 0; band < mels; band++) {
    const hz = melToHz(low + (band + 1) * step) / ratio;
    const from = (hzToMel(hz) - low) / step - 1;
    const below = Math.floor(from);
    const share = from - below;
    for (let frame = 0; frame < frames; frame++) {
      const row = frame * mels;
      // Above the bands nothing is known: silence. Below them the lowest band is the best guess.
      const valueAt = (at: number) => (at >= mels ? floor : data[row + Math.max(0, at)]);
      result[row + band] = (1 - share) * valueAt(below) + share * valueAt(below + 1);
    }
  }
  return { data: result, frames, mels };
}

function stretched(mel: Mel, factor: number): Mel {
  if (factor === 1) return mel;
  const { data, frames, mels } = mel;
  const length = Math.max(1, Math.round(frames * factor));
  const result = new Float32Array(length * mels);
  for (let frame = 0; frame < length; frame++) {
    const at = Math.min(Math.max((frame + 0.5) / factor - 0.5, 0), frames - 1);
    const before = Math.floor(at);
    const after = Math.min(before + 1, frames - 1);
    const share = at - before;
    for (let band = 0; band < mels; band++) {
      result[frame * mels + band] =
        (1 - share) * data[before * mels + band] + share * data[after * mels + band];
    }
  }
  return { data: result, frames: length, mels };
}

function amplified(mel: Mel, gains: readonly number[], profile: MelProfile): Mel {
  if (gains.every((gain) => gain === 0)) return mel;
  const { data, frames, mels } = mel;
  const perDecibel = Math.LN10 / (profile.magnitude === 'power' ? 10 : 20);
  const floor = floorOf(profile);
  const result = new Float32Array(data.length);
  for (let band = 0; band < mels; band++) {
    const added = perDecibel * gainAt(gains, mels > 1 ? band / (mels - 1) : 0);
    for (let at = band; at < frames * mels; at += mels)
      result[at] = Math.max(data[at] + added, floor);
  }
  return { data: result, frames, mels };
}

/** Between knots on straight lines. @param place 0 at the first knot, 1 at the last */
export function gainAt(gains: readonly number[], place: number): number {
  const at = place * (gains.length - 1);
  const before = Math.min(Math.floor(at), gains.length - 2);
  const share = at - before;
  return (1 - share) * gains[before] + share * gains[before + 1];
}
