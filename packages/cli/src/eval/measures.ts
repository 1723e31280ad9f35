import { type SpeechMeasure, type SpeechMeasureName, speechMeasures } from '@hifigan/metrics';

import { type FailedSound, isJudged, type JudgedSound } from './judged.js';

/** One of the measures, with its name as such. */
export type Measure = SpeechMeasure & { readonly name: SpeechMeasureName };

/** All of them, in their order. */
export const allMeasures: readonly Measure[] = speechMeasures;

/** One that says most of each kind: words, spectrum, timbre, pitch, voicing, level. */
export const USUAL_MEASURES: readonly SpeechMeasureName[] = [
  'stoi',
  'estoi',
  'mel_distance',
  'mel_cepstral_distortion',
  'f0_rmse',
  'voiced_f1',
  'loudness_difference',
];

/** What direction is good, for people. */
export const DIRECTIONS: Readonly<Record<SpeechMeasure['better'], string>> = {
  higher: 'higher',
  lower: 'lower',
  zero: 'near 0',
};

/** "mel distance, nepers". */
export function titleOf({ title, unit }: Measure): string {
  return unit ? `${title}, ${unit}` : title;
}

/** The same of sizes, for measures that are best near zero. */
export function sizeTitleOf(measure: Measure): string {
  return `size of ${titleOf(measure)}`;
}

/** A figure with as many digits as mean something. */
export function shownFigure(value: number | null | undefined, { unit }: Measure): string {
  if (value === null || value === undefined) return '–';
  const digits = { '': 3, nepers: 3, dB: 2, LU: 2, cents: 1 }[unit];
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text;
}

/** What the tables say of one file: a figure, or why it is among the worst without one. */
export function shownOf(sound: JudgedSound | FailedSound, measure: Measure): string {
  if (!isJudged(sound)) return 'failed';
  const value = sound.measures[measure.name] ?? null;
  if (value !== null) return shownFigure(value, measure);
  if (sound.silent) return 'silent';
  return sound.lost?.includes(measure.name) ? 'lost' : shownFigure(null, measure);
}

/** The same with its sign, for differences. */
export function shownDifference(value: number, measure: Measure): string {
  const text = shownFigure(value, measure);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** "0.954 [0.941, 0.963]". */
export function shownInterval(
  { mean, low, high }: { mean: number; low: number | null; high: number | null },
  measure: Measure,
  show: (value: number, measure: Measure) => string = shownFigure,
): string {
  return low === null || high === null
    ? show(mean, measure)
    : `${show(mean, measure)} [${show(low, measure)}, ${show(high, measure)}]`;
}
