import type { MelProfile } from './mel-profile.js';

/** Whether a profile is HiFi-GAN's in everything but its numbers (rate, sizes, bands, range). */
export function isNative(profile: MelProfile): boolean {
  const { framing, preemphasis, filterbank, bands, magnitude, guard, log, floor, floorBy } =
    profile;
  return (
    framing === 'hop' &&
    preemphasis === undefined &&
    filterbank === 'slaney' &&
    bands === 'area' &&
    magnitude === 'amplitude' &&
    guard === 1e-9 &&
    log === 'natural' &&
    floor === 1e-5 &&
    floorBy === 'clamp' &&
    profile.normalisation === undefined
  );
}

/** Whether bands of two profiles sum the same spectra with the same weights, up to the guard under the root. */
export function sameBands(a: MelProfile, b: MelProfile): boolean {
  const keys = [
    'samplingRate',
    'fftSize',
    'windowSize',
    'mels',
    'fmin',
    'filterbank',
    'bands',
    'magnitude',
  ] as const;
  return (
    keys.every((key) => a[key] === b[key]) &&
    (a.preemphasis ?? 0) === (b.preemphasis ?? 0) &&
    (a.fmax ?? a.samplingRate / 2) === (b.fmax ?? b.samplingRate / 2)
  );
}

/** Whether frames follow each other as fast in both. */
export function sameFrameRate(a: MelProfile, b: MelProfile): boolean {
  const ratio = a.samplingRate / a.hopSize / (b.samplingRate / b.hopSize);
  return Math.abs(ratio - 1) < 1e-4;
}

/**
 * Whether a mel of one profile can be taken for one of the other as it is: they differ in nothing but the guard, which
 * shows only below −60 dB, the kind of the floor, and half a frame.
 */
export function sameMel(a: MelProfile, b: MelProfile): boolean {
  return (
    sameBands(a, b) &&
    sameFrameRate(a, b) &&
    a.log === b.log &&
    a.floor === b.floor &&
    JSON.stringify(a.normalisation) === JSON.stringify(b.normalisation)
  );
}
