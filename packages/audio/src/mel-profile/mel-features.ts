import type { Mel } from '../mel-spectrogram.js';
import { melLevels } from './mel-levels.js';
import type { MelProfile } from './mel-profile.js';
import { profileFilterbank } from './profile-filterbank.js';
import { usualSpeech } from './usual-speech.js';

/**
 * What a mel would say of its sound if its numbers were of a profile: in natural logarithms of amplitudes, a full-scale
 * tone 0. Of speech all this is known beforehand, whatever the convention.
 */
export interface SpeechFeatures {
  /** The loudest. */
  readonly peak: number;
  /** Middle change of a band from a frame to the next, silence left out. */
  readonly step: number;
  /** Standard deviation of a band over time, mean over the bands. */
  readonly spread: number;
  /** How far the mean spectrum is from that of usual speech, level aside: root of the mean square over the bands. */
  readonly tilt: number;
  /**
   * How far the bands rise and fall together, 0 to 1: standard deviation over time of their sum, by the sum of their own;
   * 0 where none changes. Bands with sound in a quarter of the frames or less are left out; of the others, unlike in
   * `spread`, silence counts, as the lowest that they have. A scale of the numbers changes nothing in it. Bands of speech rise and fall with its syllables, those of a sweep one after the
   * other, those of a beat all at once.
   */
  readonly together: number;
}

/** Where every recording of speech has sound, telephones' and those of 16 kHz aside: Hz. */
const LOWEST = 150;
const HIGHEST = 6000;
/** Natural logarithms of amplitudes below speech: bands at the top that have less were filtered off. */
const CUT_OFF = 2;
/** At most so many values are sorted. */
const MOST_STEPS = 20000;

/** @param mel `[frames, mels]` of the profile's number of bands, finite */
export function speechFeatures(mel: Mel, profile: MelProfile): SpeechFeatures {
  const plain: MelProfile = { ...profile, ...(isShape(profile) && { normalisation: undefined }) };
  const levels = melLevels(plain, 'speechFeatures');
  const bank = profileFilterbank(profile);
  const half = profile.magnitude === 'power' ? 0.5 : 1;
  const { data, frames, mels } = mel;
  const floor = data.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  const ceiling = Math.log(profile.windowSize / 4);
  const level = Float64Array.from(data, (value, at) => {
    const band = at % mels;
    if (value <= floor + 1e-6 || bank.sums[band] === 0) return Number.NaN;
    return half * (levels.toLevel(value, band) - Math.log(bank.sums[band])) - ceiling;
  });
  const means = new Float64Array(mels);
  let [spread, bands] = [0, 0];
  const total = new Float64Array(frames);
  let apart = 0;
  let peak = Number.NEGATIVE_INFINITY;
  for (let band = 0; band < mels; band++) {
    let [n, sum, squares] = [0, 0, 0];
    for (let frame = 0; frame < frames; frame++) {
      const value = level[frame * mels + band];
      if (Number.isNaN(value)) continue;
      n++;
      sum += value;
      squares += value * value;
      peak = Math.max(peak, value);
    }
    means[band] = n > frames / 4 ? sum / n : Number.NaN;
    if (n <= frames / 4) continue;
    spread += Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
    bands++;
    apart += addBand(total, level, { band, mels });
  }
  return {
    peak,
    step: middleStep(level, mels),
    spread: bands > 0 ? spread / bands : 0,
    together: apart > 0 ? deviation(total) / apart : 0,
    tilt: distanceFromSpeech(means, bank.centres, profile),
  };
}

/** Adds a band to what is summed, its silence at the lowest that it has. @returns its standard deviation over time */
function addBand(
  sum: Float64Array,
  level: Float64Array,
  { band, mels }: { readonly band: number; readonly mels: number },
): number {
  const values = Float64Array.from(sum, (_, frame) => level[frame * mels + band]);
  const least = values
    .filter((value) => !Number.isNaN(value))
    .reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY);
  for (let frame = 0; frame < values.length; frame++) {
    if (Number.isNaN(values[frame])) values[frame] = least;
    sum[frame] += values[frame];
  }
  return deviation(values);
}

function deviation(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** Normalisations that say nothing of single values. */
function isShape({ normalisation }: MelProfile): boolean {
  return normalisation?.kind === 'statistics' || normalisation?.kind === 'peak';
}

function middleStep(level: Float64Array, mels: number): number {
  // Whole frames: every so many values could be always of the same bands.
  const frames = level.length / mels;
  const every = Math.max(1, Math.floor(level.length / MOST_STEPS));
  const steps: number[] = [];
  for (let frame = 1; frame < frames; frame += every) {
    for (let at = frame * mels; at < (frame + 1) * mels; at++) {
      const step = Math.abs(level[at] - level[at - mels]);
      if (step > 1e-6) steps.push(step);
    }
  }
  steps.sort((a, b) => a - b);
  return steps.length > 0 ? steps[steps.length >> 1] : 0;
}

function distanceFromSpeech(
  means: Float64Array,
  centres: Float64Array,
  profile: MelProfile,
): number {
  const off: number[] = [];
  for (const [band, mean] of means.entries()) {
    const hz = centres[band];
    if (Number.isNaN(mean) || hz < LOWEST || hz > HIGHEST) continue;
    off.push(mean - usualSpeech(hz, profile));
  }
  if (off.length < 2) return Number.POSITIVE_INFINITY;
  // A telephone or a codec has cut off what is above: that tells nothing of the numbers.
  const usual = off.slice().sort((a, b) => a - b)[off.length >> 1];
  let length = off.length;
  while (2 * length > off.length && off[length - 1] < usual - CUT_OFF) length--;
  const heard = off.slice(0, length);
  const middle = heard.reduce((a, b) => a + b, 0) / length;
  return Math.sqrt(heard.reduce((sum, value) => sum + (value - middle) ** 2, 0) / length);
}
