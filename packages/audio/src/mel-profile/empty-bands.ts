import type { Mel } from '../mel-spectrogram.js';
import type { MelProfile } from './mel-profile.js';
import { profileFilterbank } from './profile-filterbank.js';

/**
 * Bands that hold the lowest value in every frame, between others that do not: too narrow to hold a bin of the
 * transform. Of filterbanks that have such, these tell them apart from others.
 *
 * @param low the mel's lowest value
 */
export function emptyBands({ data, frames, mels }: Mel, low: number): readonly number[] {
  const near = 1e-6 * Math.max(1, Math.abs(low));
  const counts = new Uint32Array(mels);
  for (let at = 0; at < data.length; at++) counts[at % mels] += Number(data[at] - low <= near);
  // Below the first that sounds a recording may be freed of rumble.
  const first = counts.findIndex((count) => count < frames / 2);
  const last = counts.findLastIndex((count) => count < frames / 2);
  return [...counts.keys()].filter(
    (band) => band > first && band < last && counts[band] === frames,
  );
}

/** Whether any band that a profile has a bin for is empty. */
export function holdsEmpty(empty: readonly number[], profile: MelProfile): boolean {
  const { sums } = profileFilterbank(profile);
  return empty.some((band) => sums[band] > 0);
}
