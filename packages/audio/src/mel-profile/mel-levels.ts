import type { Mel } from '../mel-spectrogram.js';
import type { MelProfile, MelStatistics } from './mel-profile.js';

/**
 * What the numbers of a mel say between its bands' sums and the file: logarithm, floor, normalisation. Inside, all are
 * natural logarithms of the sums, of amplitudes or powers as the profile has them.
 */
export interface MelLevels {
  /** Natural logarithm of the sum of a band, of the number in the file. */
  toLevel(value: number, band: number): number;
  /** The number in the file, of the natural logarithm of the sum. */
  fromLevel(level: number, band: number): number;
}

/** Natural logarithm of what stands for nothing. */
const NOTHING = -80;

/** Units of the profile's logarithm in one natural logarithm of a sum; undefined: there is no logarithm. */
export function unitsPerLevel({ log, magnitude }: Pick<MelProfile, 'log' | 'magnitude'>): number {
  switch (log) {
    case 'natural':
      return 1;
    case 'log10':
      return 1 / Math.LN10;
    case 'decibel':
      return (magnitude === 'amplitude' ? 20 : 10) / Math.LN10;
    case 'none':
      return Number.NaN;
  }
}

/**
 * @param statistics of profiles that are normalised by some
 * @throws RangeError where those are missing, of another number of bands or no numbers to divide by, or where a
 * logarithm has no floor
 */
export function melLevels(
  profile: MelProfile,
  where: string,
  statistics?: MelStatistics,
): MelLevels {
  const { floor, floorBy, normalisation, mels } = profile;
  const units = unitsPerLevel(profile);
  const plain = profile.log === 'none';
  if (!plain) checkFloor(profile, where);
  const added = floorBy === 'add' ? floor : 0;
  const least = floorBy === 'clamp' ? Math.log(floor) : Number.NEGATIVE_INFINITY;
  const unlog = (value: number) => {
    if (plain) return Math.max(Math.log(value), NOTHING);
    const level = value / units;
    return added === 0 ? level : Math.log(Math.max(Math.exp(level) - added, Math.exp(NOTHING)));
  };
  const log = (level: number) => {
    const raised = Math.max(added === 0 ? level : Math.log(Math.exp(level) + added), least);
    return plain ? Math.exp(raised) : raised * units;
  };
  if (normalisation === undefined || normalisation.kind === 'peak') {
    return { toLevel: unlog, fromLevel: log };
  }
  if (normalisation.kind === 'range') {
    const { low, high, from, to } = normalisation;
    const slope = (to - from) / (high - low);
    return {
      toLevel: (value) => unlog((Math.min(Math.max(value, from), to) - from) / slope + low),
      fromLevel: (level) => Math.min(Math.max((log(level) - low) * slope + from, from), to),
    };
  }
  const { mean, scale } = statistics ?? missing(where);
  if (mean.length !== mels || scale.length !== mels) {
    throw new RangeError(
      `${where}: statistics of ${mean.length} means and ${scale.length} deviations must have ${mels} of each, because there are as many bands; give those of this mel's data set`,
    );
  }
  for (let band = 0; band < mels; band++) {
    if (Number.isFinite(mean[band]) && Number.isFinite(scale[band]) && scale[band] !== 0) continue;
    throw new RangeError(
      `${where}: statistics of band ${band} are mean=${mean[band]}, deviation=${scale[band]} and must be numbers, the deviation none that is 0, because the band is divided by it; give those of this mel's data set`,
    );
  }
  return {
    toLevel: (value, band) => unlog(value * scale[band] + mean[band]),
    fromLevel: (level, band) => (log(level) - mean[band]) / scale[band],
  };
}

/** A mel before each band lost its mean and was divided by its deviation. */
export function withoutStatistics(mel: Mel, { mean, scale }: MelStatistics): Mel {
  const data = mel.data.map((value, at) => value * scale[at % mel.mels] + mean[at % mel.mels]);
  return { ...mel, data };
}

/** @throws RangeError where silence would have no logarithm */
export function checkFloor({ floor, log }: Pick<MelProfile, 'floor' | 'log'>, where: string): void {
  if (log === 'none' || floor > 0) return;
  throw new RangeError(
    `${where}: floor=${floor} must be above 0 with log=${log}, because silence has no logarithm otherwise; give the smallest sum that the front end takes it of, such as 1e-5`,
  );
}

function missing(where: string): never {
  throw new RangeError(
    `${where}: statistics=undefined must be given, because the mean and the deviation of each band were taken out and nothing in the values tells them; give the file that the data set's preparation wrote`,
  );
}
