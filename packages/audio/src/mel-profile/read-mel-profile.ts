import { checkFilterbankOptions } from '../mel-options.js';
import { checkFloor } from './mel-levels.js';
import type { MelNormalisation, MelProfile } from './mel-profile.js';

const CHOICES: Readonly<Partial<Record<keyof MelProfile, readonly string[]>>> = {
  framing: ['hop', 'centred'],
  filterbank: ['slaney', 'htk'],
  bands: ['area', 'peak'],
  magnitude: ['amplitude', 'power'],
  log: ['natural', 'log10', 'decibel', 'none'],
  floorBy: ['clamp', 'add'],
};

/**
 * Holds a value read from JSON against what a profile is.
 *
 * @param where what to call it in errors
 * @throws RangeError that names the first key that is wrong
 */
export function readMelProfile(value: unknown, where = 'mel profile'): MelProfile {
  const record = asRecord(value, where);
  for (const key of ['samplingRate', 'fftSize', 'hopSize', 'windowSize', 'mels'] as const) {
    requireNumber(record, key, where, (number) => number > 0 && Number.isFinite(number), 'above 0');
  }
  for (const [key, choices] of Object.entries(CHOICES)) {
    const given = record[key];
    if (!choices.includes(given as string)) {
      throw new RangeError(
        `${where}: ${key}=${shown(given)} must be one of ${choices.join(', ')}, because nothing else is known; correct it`,
      );
    }
  }
  const whole = ['fftSize', 'hopSize', 'windowSize', 'mels'] as const;
  for (const key of whole) {
    requireNumber(record, key, where, Number.isSafeInteger, 'a whole number');
  }
  requireNumber(record, 'floor', where, (number) => number >= 0, 'at least 0');
  checkFloor(record as unknown as MelProfile, where);
  requireNumber(record, 'fmin', where, (number) => number >= 0, 'at least 0');
  if (record.fmax !== null) requireNumber(record, 'fmax', where, (number) => number > 0, 'above 0');
  for (const key of ['guard', 'preemphasis'] as const) {
    if (record[key] === undefined) continue;
    requireNumber(record, key, where, (number) => number >= 0 && number < 1, 'from 0 to below 1');
  }
  const profile = record as unknown as MelProfile;
  if (profile.windowSize > profile.fftSize) {
    throw new RangeError(
      `${where}: windowSize=${profile.windowSize} must be at most fftSize=${profile.fftSize}, because the window lies inside the frame; correct one`,
    );
  }
  checkFilterbankOptions(where, {
    samplingRate: profile.samplingRate,
    nFft: profile.fftSize,
    numMels: profile.mels,
    fmin: profile.fmin,
    fmax: profile.fmax,
  });
  if (record.normalisation !== undefined) checkNormalisation(record.normalisation, where);
  return profile;
}

function checkNormalisation(value: unknown, where: string): void {
  const place = `${where}: normalisation`;
  const record = asRecord(value, place);
  const kind = record.kind as MelNormalisation['kind'];
  if (kind === 'range') {
    for (const key of ['low', 'high', 'from', 'to']) {
      requireNumber(record, key, place, Number.isFinite, 'finite');
    }
    const { low, high, from, to } = record as unknown as Record<string, number>;
    if (low >= high || from >= to) {
      throw new RangeError(
        `${place}: low=${low}, high=${high}, from=${from}, to=${to} must be two rising ranges, because one is mapped to the other; correct them`,
      );
    }
  } else if (kind === 'peak') {
    requireNumber(record, 'range', place, (number) => number > 0, 'above 0');
  } else if (kind !== 'statistics') {
    throw new RangeError(
      `${place}: kind=${shown(kind)} must be range, statistics or peak, because nothing else is known; correct it`,
    );
  }
}

function asRecord(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RangeError(
      `${where}: ${shown(value)} must be an object, because a profile has named values; give one`,
    );
  }
  return value as Readonly<Record<string, unknown>>;
}

function requireNumber(
  record: Readonly<Record<string, unknown>>,
  key: string,
  where: string,
  holds: (value: number) => boolean,
  what: string,
): void {
  const value = record[key];
  if (typeof value !== 'number' || !holds(value)) {
    throw new RangeError(
      `${where}: ${key}=${shown(value)} must be ${what}, because the mel depends on it; correct it`,
    );
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
