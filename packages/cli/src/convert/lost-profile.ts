import type { MelProfile } from '@hifigan/audio';

const KEYS = [
  ...(['log', 'floor', 'floorBy', 'magnitude', 'framing', 'filterbank', 'bands'] as const),
  ...(['normalisation', 'preemphasis', 'fftSize', 'windowSize', 'fmin', 'fmax'] as const),
];

/**
 * What a format has no place for in a model's mel: without it, recordings and checks of mels are those of another.
 *
 * @param kept what the written files will be taken for
 * @returns a sentence without its beginning, or nothing where all is kept
 */
export function lostProfile(profile: MelProfile, kept: MelProfile): string | undefined {
  const half = profile.samplingRate / 2;
  const told = (of: MelProfile, key: (typeof KEYS)[number]) =>
    JSON.stringify((key === 'fmax' ? (of.fmax ?? half) : of[key]) ?? 'none');
  const lost = KEYS.filter((key) => told(profile, key) !== told(kept, key));
  if (lost.length === 0) return undefined;
  const list = (of: MelProfile) => lost.map((key) => `${key}=${told(of, key)}`).join(', ');
  return `has no place for the mel of this model (${list(profile)}), and will be taken for one of ${list(kept)}: hand it mels of its own front end, not recordings, or make a bundle, which keeps it`;
}
