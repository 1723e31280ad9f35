import type { Mel } from '../mel-spectrogram.js';
import { emptyBands, holdsEmpty, soundWithoutBin } from './empty-bands.js';
import { type SpeechFeatures, speechFeatures } from './mel-features.js';
import { melLevels, unitsPerLevel } from './mel-levels.js';
import { scaledByItself } from './mel-mistakes.js';
import type { MelProfile } from './mel-profile.js';
import type { MelValues } from './mel-values.js';
import { silentFrom, upperEdge } from './upper-edge.js';

/** How well a mel would be one of a profile. */
export interface ProfileJudgement {
  /**
   * Half the sum of squared deviations from what is usual, in standard deviations: a negative logarithm of a
   * likelihood. Infinite: it cannot be.
   */
  readonly penalty: number;
  /** What speaks for it and against it, in words. */
  readonly reasons: readonly string[];
  /**
   * What the values have and a mel of the profile has not, but for a rare accident: in words, each of them a sentence.
   * How loud or lively speech is usually counts nothing here; where sound ends counts of speech and noise alone.
   */
  readonly against: readonly string[];
  /**
   * Whether the bands rise and fall together as those of clean speech do: {@link SpeechFeatures.together} of the values
   * read so. A scale changes nothing in it, but the profile's logarithm does. Absent where it was not measured: of few
   * frames, of sound that never changes, of what statistics were taken out of, and of what cannot be.
   */
  readonly isSpeech?: boolean;
  /** The loudest value, as {@link SpeechFeatures}; absent where the profile takes the level out, or of few frames. */
  readonly peak?: SpeechFeatures['peak'];
}

/** Fewer frames tell nothing of speech. */
export const LEAST_FRAMES = 16;
/** Values that lie on the lowest one: so many make it a floor. */
const FLOOR_SHARE = 0.002;
/** What an end may be off; {@link nearEnd} has what rounding to float16 adds. */
const NEAR = 2e-3;

/** What speech has, measured on samples/ in all conventions: 1.0 to 2.2 and 0.3 to 0.7, see docs/experiment-log.md. */
const USUAL_SPREAD = 1.65;
const USUAL_TILT = 0.5;
const MOST_TILT = 5;
/** With a hop of a quarter of the window; it grows with the hop. */
const USUAL_STEP = 0.36;
/**
 * Of speech under steady noise, which fills its pauses: the step is that of noise, whatever its spectrum, and the spread what the
 * speech adds, at 15 dB and less below it 0.4 to 0.7. It is met less often than speech without.
 */
const NOISE_STEP = 0.215;
const MOST_NOISY_SPREAD = 0.8;
const UNDER_NOISE = 4.5;
/** Of a full-scale tone 0; recordings may be quiet, but hardly louder. */
const USUAL_PEAK = [-4, -0.4] as const;
/**
 * Louder nothing is, in the same units: a bin of the transform has at most twice what a full-scale tone has, and
 * recordings and predictions are hardly tenfold beyond full scale. Samples at int16's scale are 10.4 beyond.
 */
const MOST_PEAK = 2.5;
/** Between quietest and loudest value, natural logarithms of amplitudes: steady noise has 3, clicks at each hop 1.2 … */
const LEAST_RANGE = 2.3;
/** … but those are quieter than this; and of what is all but silent, the floor cuts the quietest off. */
const RANGE_COUNTS_FROM = -4.5;
/** Of a range that the clip's own extremes were scaled to, in words of {@link scaledByItself}. */
const OWN_ENDS = 8;
/** For decibels whose highest is just 0: against the loudest they are so always, against anything else by chance. */
const AGAINST_LOUDEST = 6;
/** Below the loudest, decibels: where librosa's power_to_db and amplitude_to_db cut off. */
const TOP_DB = 80;
/** For sound that ends where no usual rate ends: codecs cut anywhere, but one in 150 happens to cut there. */
const ODD_EDGE = 5;
/**
 * For empty bands where a profile has bins, and for sound where it has none: a band with bins is not silent between
 * others that sound, and one without is.
 */
const OTHER_BINS = 8;
/**
 * Louder than a full-scale tone, natural logarithm: samples within −1 … 1 reach 0.24 at most (a square wave), and the
 * recordings in samples/ have −1.9 to −0.8.
 */
const TOO_LOUD = 0.35;
/** {@link SpeechFeatures.together}: clean speech in samples/ 0.63 to 0.77, sweeps up to 0.54, beats and chimes from 0.9 on. */
const TOGETHER = [0.55, 0.87] as const;
/** A floor lies under so many bands at least. */
const FLOOR_BANDS = 3;

/**
 * @param values what was counted of the mel
 * @param loudness by how much its samples were too loud, a natural logarithm of amplitudes
 */
export function judgeProfile(
  mel: Mel,
  values: MelValues,
  profile: MelProfile,
  loudness = 0,
): ProfileJudgement {
  const reasons: string[] = [];
  const against: string[] = [];
  const impossible = (reason: string): ProfileJudgement => ({
    penalty: Number.POSITIVE_INFINITY,
    reasons: [reason],
    against: [reason],
  });
  const { normalisation } = profile;
  const { low, high, atLow } = values;
  const onFloor =
    atLow / values.count >= FLOOR_SHARE && atLow >= 4 && values.bandsAtLow >= FLOOR_BANDS;
  let penalty = 0;
  if (normalisation?.kind === 'statistics') {
    if (low >= 0) return impossible('no value is negative');
    return judgeStatistics(values, reasons);
  }
  if (normalisation?.kind === 'peak') {
    const { range } = normalisation;
    if (Math.abs(high) > NEAR) return impossible('the highest value is not 0');
    if (low < -range - NEAR) return impossible(`values lie below −${range}`);
    penalty += onFloor && Math.abs(low + range) < NEAR ? -2 : onFloor ? 4 : 1;
    reasons.push(`the highest value is 0 and the lowest ${low.toFixed(2)}`);
  } else {
    const floor = lowestOf(profile);
    if (normalisation === undefined && profile.log !== 'none' && floor < 0 && low >= 0) {
      return impossible('no value is negative');
    }
    if (low < floor - nearEnd(floor)) {
      return impossible(`values lie below the floor of ${shown(floor)}`);
    }
    if (normalisation?.kind === 'range' && high > normalisation.to + NEAR) {
      return impossible(`values lie above ${normalisation.to}`);
    }
    if (profile.log === 'decibel' && !normalisation && high === 0) penalty += AGAINST_LOUDEST;
    if (normalisation?.kind === 'range' && scaledByItself(values)) penalty += OWN_ENDS;
    if (onFloor && profile.log !== 'none') {
      const matches = Math.abs(low - floor) < nearEnd(floor);
      const cut =
        profile.log === 'decibel' && !normalisation && Math.abs(high - low - TOP_DB) < nearEnd(low);
      // What is added to all leaves the lowest value to digital silence alone.
      penalty += matches || cut ? (profile.floorBy === 'clamp' ? -2 : 0) : 4;
      // A few frames, or one value throughout, are no sound that was cut off.
      if (!matches && !cut && high > low && mel.frames >= LEAST_FRAMES) {
        against.push(
          `${percent(atLow / values.count)} of the values lie on the lowest, ${shown(low)}, but read so the floor is ${shown(floor)}`,
        );
      }
      if (cut && !matches) {
        reasons.push(
          `the lowest value is ${TOP_DB} below the highest, and ${percent(atLow / values.count)} of the values have it, as librosa's top_db=${TOP_DB} leaves them`,
        );
      }
      if (matches) {
        reasons.push(
          `the lowest value ${shown(low)} is ${floorWords(profile)}, and ${percent(atLow / values.count)} of the values have it`,
        );
      }
    }
  }
  const quick = (): ProfileJudgement => ({
    penalty: penalty + quickPenalty(profile, high),
    reasons,
    against,
  });
  if (mel.frames < LEAST_FRAMES) return quick();
  if (low === high && normalisation?.kind !== 'peak' && !isNearlySilent(low, profile)) {
    return impossible(
      `all values are ${shown(low)}: no sound is the same in all bands throughout, and silence is ${shown(lowestOf(profile))}`,
    );
  }
  const heard = speechFeatures(mel, profile);
  const features = { ...heard, peak: heard.peak - loudness };
  const amplitudes = unitsPerLevel(profile) * (profile.magnitude === 'power' ? 2 : 1);
  // log(1 + sum) is a logarithm of nothing but what is loud.
  if (normalisation === undefined && profile.log !== 'none' && lowestOf(profile) < 0) {
    const range = (high - low) / amplitudes;
    if (range > 0 && range < LEAST_RANGE && features.peak > RANGE_COUNTS_FROM) {
      return impossible(
        `from the quietest to the loudest value it is ${decibels(range)} dB, where even steady noise has 25 and speech 60 to 110: they were scaled, or are no logarithms`,
      );
    }
  }
  if (normalisation?.kind !== 'peak' && features.peak > MOST_PEAK) {
    return impossible(
      `the loudest would be ${decibels(features.peak)} dB above a full-scale tone, and no sound is`,
    );
  }
  // Silence alone, or one sound that never changes.
  if (features.spread === 0 || features.step === 0) {
    return quick();
  }
  const half = (value: number) => 0.5 * value * value;
  const step = Math.sqrt((4 * profile.hopSize) / profile.windowSize) * USUAL_STEP;
  const ofStep = Math.log(features.step / step);
  // Predictions are smoother than recordings.
  const calm = half(ofStep / (ofStep > 0 ? 0.3 : 0.35));
  const spread = half(Math.log(features.spread / USUAL_SPREAD) / 0.25);
  const noise = Math.log((features.step * USUAL_STEP) / (step * NOISE_STEP));
  const underNoise =
    UNDER_NOISE +
    half(noise / 0.1) +
    half(Math.max(0, Math.log(features.spread / MOST_NOISY_SPREAD)) / 0.25);
  // Without sound where speech has most of it, there is no telling how far it is off.
  const tilt = half(Math.max(0, Math.min(features.tilt, MOST_TILT) - USUAL_TILT) / 0.2);
  const [quiet, loud] = USUAL_PEAK;
  const peak =
    normalisation?.kind === 'peak'
      ? 0
      : half(
          features.peak > loud
            ? (features.peak - loud) / 0.35
            : Math.min(0, features.peak - quiet) / 2,
        );
  reasons.push(
    `read so, bands change by ${features.step.toFixed(2)} from frame to frame and by ${features.spread.toFixed(1)} over time (speech: about ${step.toFixed(2)} and ${USUAL_SPREAD}), ` +
      `the mean spectrum is ${features.tilt.toFixed(1)} from that of speech (below 0.8)` +
      (normalisation?.kind === 'peak'
        ? ''
        : `, the loudest ${decibels(features.peak)} dB from a full-scale tone`),
  );
  const note = (reason: string) => reasons.push(reason);
  const object = (reason: string) => {
    reasons.push(reason);
    against.push(reason);
  };
  if (normalisation?.kind !== 'peak' && features.peak > TOO_LOUD) {
    against.push(
      `the loudest would be ${decibels(features.peak)} dB above a full-scale tone, which samples within −1 … 1 cannot be`,
    );
  }
  const empty = emptyBands(mel, low);
  const isOther = holdsEmpty(empty, profile);
  if (empty.length > 0) {
    (isOther ? object : note)(
      `${empty.length === 1 ? `band ${empty[0]} is` : `bands ${empty.join(', ')} are`} empty throughout, ${isOther ? 'which read so have bins' : 'which read so have no bin'}`,
    );
  }
  const unheard = soundWithoutBin(mel, low, profile);
  if (unheard !== undefined) {
    object(`band ${unheard} sounds as those beside it, which read so has no bin`);
  }
  const isSpeech = features.together >= TOGETHER[0] && features.together <= TOGETHER[1];
  const silent = silentFrom(mel, low);
  const edge = silent === undefined ? undefined : upperEdge(silent, profile);
  if (edge) {
    const khz = (edge.hz / 1000).toFixed(1);
    // A tone may end anywhere; noise about speech, whose bands then do not move together, ends where that does.
    const mayEnd = edge.usual || !(isSpeech || underNoise < calm + spread);
    (mayEnd ? note : object)(
      `the bands from ${silent} on are silent: read so, sound ends at ${khz} kHz, ${edge.usual ? 'as that of a lower sampling rate does' : 'where that of no usual sampling rate does'}`,
    );
  }
  const sum =
    penalty +
    Math.min(calm + spread, underNoise) +
    tilt +
    peak +
    (edge && !edge.near ? ODD_EDGE : 0) +
    (isOther || unheard !== undefined ? OTHER_BINS : 0);
  return {
    penalty: Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum,
    reasons,
    against,
    isSpeech,
    ...(normalisation?.kind !== 'peak' && { peak: features.peak }),
  };
}

function judgeStatistics(
  { bandMeans, bandScales }: MelValues,
  reasons: string[],
): ProfileJudgement {
  const mean = root(bandMeans);
  const scale = Math.exp(average(bandScales.map((value) => Math.log(Math.max(value, 1e-6)))));
  reasons.push(
    `the bands' means are ${mean.toFixed(2)} from 0 and their deviations about ${scale.toFixed(2)}, as after division by a data set's`,
  );
  return {
    penalty: 0.5 * ((mean / 0.35) ** 2 + (Math.log(scale) / 0.25) ** 2),
    reasons,
    against: [],
  };
}

/** The lowest value that a profile's numbers can have. */
export function lowestOf(profile: MelProfile): number {
  if (profile.normalisation?.kind === 'range') return profile.normalisation.from;
  if (profile.log === 'none') return 0;
  return melLevels(profile, 'lowestOf').fromLevel(Math.log(profile.floor) - 60, 0);
}

/** Whether a value is at the lower end of a profile's, or so little above that no sound would be heard. */
function isNearlySilent(value: number, profile: MelProfile): boolean {
  const { log, magnitude, normalisation } = profile;
  const lowest = lowestOf(profile);
  const units = unitsPerLevel(profile) * (magnitude === 'power' ? 2 : 1);
  const most = normalisation || log === 'none' ? nearEnd(lowest) : LEAST_RANGE * units;
  return value - lowest <= most;
}

/** Of mels too short for more: where their numbers end. */
function quickPenalty(profile: MelProfile, high: number): number {
  if (profile.normalisation !== undefined || profile.log === 'none') return 3;
  // Full scale reaches about 2 in natural logarithms of amplitudes.
  const units = unitsPerLevel(profile) * (profile.magnitude === 'power' ? 2 : 1);
  const level = high / units;
  return level > 5 ? Number.POSITIVE_INFINITY : level < -11 ? 6 : 1;
}

function floorWords({ log, floor, normalisation, magnitude }: MelProfile): string {
  if (normalisation?.kind === 'range')
    return `the lower end of ${normalisation.from} … ${normalisation.to}`;
  const what = floor.toExponential(0);
  if (log === 'natural') return `the natural logarithm of ${what}`;
  if (log === 'log10') return `the logarithm of ${what} to base 10`;
  return `${what} of ${magnitude === 'power' ? 'a power' : 'an amplitude'} in decibels`;
}

function shown(value: number): string {
  return value.toFixed(4).replace(/\.?0+$/, '');
}

/** Of a natural logarithm of an amplitude. */
function decibels(level: number): string {
  return ((20 / Math.LN10) * level).toFixed(0);
}

/** How far the end of a range may be off: half a unit of float16's last place, or a little. */
function nearEnd(end: number): number {
  return Math.max(NEAR, Math.abs(end) * 2 ** -11);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function root(values: Float64Array): number {
  return Math.sqrt(average(values.map((value) => value * value)));
}
