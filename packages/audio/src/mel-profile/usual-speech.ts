import type { MelProfile } from './mel-profile.js';

/**
 * The long-term average spectrum of speech over thirteen languages: third-octave levels, dB. Source: Byrne et al., "An
 * international comparison of long-term average speech spectra", JASA 96 (1994), combined figures; held against the
 * table of openMHA (speechnoise.cpp, LTASS_combined). The recordings in samples/ are 2.2 dB from them (root of the mean
 * square over the bands from 160 to 6300 Hz, level aside).
 */
const THIRD_OCTAVES: readonly (readonly [hz: number, decibels: number])[] = [
  [125, 57.7],
  [160, 56.8],
  [200, 60.2],
  [250, 60.3],
  [315, 59],
  [400, 62.1],
  [500, 62.1],
  [630, 60.5],
  [800, 56.8],
  [1000, 53.7],
  [1250, 53],
  [1600, 52],
  [2000, 48.7],
  [2500, 48.1],
  [3150, 46.8],
  [4000, 45.6],
  [5000, 44.5],
  [6300, 44.3],
  [8000, 43.7],
  [10000, 43.4],
  [12500, 41.3],
  [16000, 40.7],
];

/**
 * Natural logarithm of the amplitude of usual speech at a frequency, by Hz, up to a constant; with the profile's
 * pre-emphasis.
 */
export function usualSpeech(hz: number, { preemphasis = 0, samplingRate }: MelProfile): number {
  const at = THIRD_OCTAVES.findIndex(([edge]) => edge >= hz);
  const [above, below] = [at < 0 ? THIRD_OCTAVES.length - 1 : at, Math.max(0, at - 1)];
  const [low, quiet] = THIRD_OCTAVES[at < 0 ? above : below];
  const [high, loud] = THIRD_OCTAVES[above];
  const part = high > low ? Math.min(Math.max(Math.log(hz / low) / Math.log(high / low), 0), 1) : 0;
  // A third of an octave is as wide as its frequency is high.
  const decibels = quiet + part * (loud - quiet) - 10 * Math.log10(hz);
  const angle = (2 * Math.PI * hz) / samplingRate;
  const emphasis = 1 - 2 * preemphasis * Math.cos(angle) + preemphasis ** 2;
  return (decibels * Math.LN10) / 20 + 0.5 * Math.log(emphasis);
}
