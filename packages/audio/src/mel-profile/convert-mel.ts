import { MelError } from '../mel-array.js';
import type { Mel } from '../mel-spectrogram.js';
import { melLevels, unitsPerLevel } from './mel-levels.js';
import { frameRate, type MelProfile, type MelStatistics, topOf } from './mel-profile.js';
import { profileFilterbank } from './profile-filterbank.js';
import { bandRemap } from './remap-bands.js';
import { resampleFrames } from './resample-frames.js';
import { sameBands, sameFrameRate } from './same-mel.js';

export interface ConvertMelOptions {
  /** Of a profile that was normalised by some, on either side. */
  readonly statistics?: MelStatistics;
  /** What to call the mel in errors. */
  readonly where?: string;
}

/** A mel in another convention. */
export interface ConvertedMel {
  readonly mel: Mel;
  /** What the way there cost, in words; empty where nothing was lost. */
  readonly losses: readonly string[];
}

/**
 * The loudest value of a recording of speech, as natural logarithm of a mean amplitude in its band over that of a
 * full-scale tone: where a mel keeps no level, it is given this one. The recordings in samples/ have −2.9 to −1.7.
 */
const USUAL_PEAK = -1.6;

/**
 * Turns a mel of one convention into one of another: logarithm, normalisation and floor exactly; bands of another
 * filterbank over a guess of the spectrum; frames of another rate between the frames.
 *
 * @param mel `[frames, mels]` in the numbers of `from`
 * @throws MelError where the mel is not of `from`'s bands, not finite, or holds what `from` cannot have
 * @throws RangeError where statistics are missing
 */
export function convertMel(
  mel: Mel,
  from: MelProfile,
  to: MelProfile,
  { statistics, where = 'convertMel' }: ConvertMelOptions = {},
): ConvertedMel {
  check(mel, from, where);
  const read = melLevels(from, where, statistics);
  const write = melLevels(to, where, statistics);
  const losses: string[] = [...floorLosses(from, to)];
  let levels: Float64Array = Float64Array.from(mel.data, (value, at) =>
    read.toLevel(value, at % mel.mels),
  );
  checkLevels(levels, mel, { from, where });
  if (from.normalisation?.kind === 'peak') {
    giveLevel(levels, from);
    losses.push(
      'its level was taken out (the loudest value is 0), so that of usual speech is assumed: all may be some decibels too loud or too quiet',
    );
  }
  if (!sameBands(from, to)) {
    const remap = bandRemap(from, to);
    const result = new Float64Array(mel.frames * to.mels);
    for (let frame = 0; frame < mel.frames; frame++) {
      remap(
        levels.subarray(frame * mel.mels, (frame + 1) * mel.mels),
        result.subarray(frame * to.mels, (frame + 1) * to.mels),
      );
    }
    levels = result;
    losses.push(...bandLosses(from, to));
  }
  let { frames } = mel;
  if (!sameFrameRate(from, to)) {
    const least = to.floorBy === 'clamp' ? Math.log(to.floor) : Math.log(Number.EPSILON);
    const resampled = resampleFrames(
      levels.map((level) => Math.max(level, least)),
      { frames, mels: to.mels, from, to },
    );
    levels = resampled.levels;
    frames = resampled.frames;
    losses.push(
      `frames were put between frames: ${frameRate(from).toFixed(2)} a second became ${frameRate(to).toFixed(2)}`,
    );
  } else if (from.framing !== to.framing) {
    losses.push(
      `frames lie half a hop ${from.framing === 'centred' ? 'early' : 'late'} (${(500 / frameRate(to)).toFixed(1)} ms), which is left so`,
    );
  }
  const data = Float32Array.from(levels, (level, at) => write.fromLevel(level, at % to.mels));
  // What is a number there may be none in other units: e to the power of 1000, or in float32.
  const infinite = data.findIndex((value) => !Number.isFinite(value));
  if (infinite >= 0) {
    throw new MelError(
      `${where}: its values from ${shownRange(mel.data)} must be numbers of the other convention as well, and the sum of band ${infinite % to.mels} is too large for that; name the profile that it was made by`,
    );
  }
  if (to.normalisation?.kind === 'peak') {
    const top = data.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
    const { range } = to.normalisation;
    for (let at = 0; at < data.length; at++) data[at] = Math.max(data[at] - top, -range);
    losses.push('its level was taken out: the loudest value is 0');
  }
  return { mel: { data, frames, mels: to.mels }, losses };
}

function check({ data, frames, mels }: Mel, from: MelProfile, where: string): void {
  if (mels !== from.mels || data.length !== frames * mels || frames < 1) {
    throw new MelError(
      `${where}: shape [frames=${frames}, mels=${mels}] with ${data.length} values must have ${from.mels} mels, because its profile does; name the right profile`,
    );
  }
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) {
    throw new MelError(
      `${where}: the value at frame ${Math.floor(at / mels)}, band ${at % mels} is ${data[at]} and must be finite; make the mel again from its recording`,
    );
  }
}

/** A full-scale tone reaches 10 or so: what is this loud is no sound, whatever its numbers are. */
const LOUDEST = 100;

/** @throws MelError where a value is none that the profile's numbers can have */
function checkLevels(
  levels: Float64Array,
  { data, mels }: Mel,
  { from, where }: { readonly from: MelProfile; readonly where: string },
): void {
  const at = levels.findIndex((level) => !(level <= LOUDEST));
  if (at < 0) return;
  const must = Number.isNaN(levels[at])
    ? `must be at least 0, because the profile has the sums themselves (log=${from.log})`
    : `must be that of a sound, because the profile has log=${from.log}, and this would be ${(8.686 * levels[at]).toFixed(0)} dB`;
  throw new MelError(
    `${where}: the value at frame ${Math.floor(at / mels)}, band ${at % mels} is ${data[at]} and ${must}; name the profile that the mel was made by`,
  );
}

function shownRange(data: ArrayLike<number>): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let at = 0; at < data.length; at++) {
    low = Math.min(low, data[at]);
    high = Math.max(high, data[at]);
  }
  return `${low.toPrecision(3)} to ${high.toPrecision(3)}`;
}

/** Shifts levels so that the loudest is that of usual speech. */
function giveLevel(levels: Float64Array, profile: MelProfile): void {
  const { sums } = profileFilterbank(profile);
  let top = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < levels.length; at++) {
    const sum = sums[at % sums.length];
    if (sum > 0) top = Math.max(top, levels[at] - Math.log(sum));
  }
  // A full-scale tone has an amplitude of a quarter of the window in its bin.
  const usual = Math.log(profile.windowSize / 4) + USUAL_PEAK;
  const shift = (profile.magnitude === 'power' ? 2 : 1) * usual - top;
  for (let at = 0; at < levels.length; at++) levels[at] += shift;
}

function floorLosses(from: MelProfile, to: MelProfile): string[] {
  if (from.normalisation?.kind === 'range') {
    const { low, high } = from.normalisation;
    const units = unitsPerLevel(from);
    const amplitude = from.magnitude === 'power' ? 0.5 : 1;
    if ((amplitude * low) / units <= Math.log(to.floor) + 1e-9) return [];
    return [`what was below ${low} or above ${high} dB was cut off and is not there any more`];
  }
  return [];
}

function bandLosses(from: MelProfile, to: MelProfile): string[] {
  const losses: string[] = [];
  if (from.magnitude !== to.magnitude) {
    losses.push(
      `bands sum ${from.magnitude === 'power' ? 'powers, amplitudes are' : 'amplitudes, powers are'} estimated from them`,
    );
  }
  const [low, high, wantedLow, wantedHigh] = [from.fmin, topOf(from), to.fmin, topOf(to)];
  losses.push(
    `${from.mels} bands from ${low} to ${high} Hz (${from.filterbank}) became ${to.mels} from ${wantedLow} to ${wantedHigh} Hz (${to.filterbank}) over a guess of the spectrum between them`,
  );
  if (wantedHigh > high * 1.1) losses.push(`above ${high} Hz there is nothing`);
  return losses;
}
