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

/**
 * A band that sounds where a profile has no bin for it, whose value would be the lowest throughout: it is no less loud
 * than half way from the lowest value to the bands beside it. Predicted mels need not be exactly empty.
 *
 * @param low the mel's lowest value
 */
export function soundWithoutBin(
  { data, frames, mels }: Mel,
  low: number,
  profile: MelProfile,
): number | undefined {
  const { sums } = profileFilterbank(profile);
  const withBin = (band: number) => band >= 0 && band < mels && sums[band] > 0;
  const mean = (band: number) => {
    let sum = 0;
    for (let frame = 0; frame < frames; frame++) sum += data[frame * mels + band];
    return sum / frames - low;
  };
  const near = 1e-6 * Math.max(1, Math.abs(low));
  for (let band = 0; band < mels; band++) {
    if (sums[band] > 0) continue;
    const beside = [band - 1, band + 1].filter(withBin).map(mean);
    // Of several in a row each has one beside it at most; the outermost tell.
    if (beside.length === 0) continue;
    const around = beside.reduce((sum, value) => sum + value, 0) / beside.length;
    if (around > near && mean(band) > 0.5 * around) return band;
  }
  return undefined;
}
