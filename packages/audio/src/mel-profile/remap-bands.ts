import { melScales } from '../mel-filterbank.js';
import { type MelProfile, topOf } from './mel-profile.js';
import { bandSum, type ProfileFilterbank, profileFilterbank } from './profile-filterbank.js';

/** Turns the bands of one profile into those of another: natural logarithms of sums, both ways. */
export type BandRemap = (from: Float64Array, to: Float64Array) => void;

/** Rounds that fit the spectrum to the bands. On samples/, more than 12 change the result by less than 0.003. */
const ROUNDS = 12;
/** Natural logarithm of what stands for nothing. */
const NOTHING = -80;
/**
 * A band of noise has a mean amplitude of √(π/4) of its root mean power; one of a single bin has none of that.
 * Harmonics are further from their mean than noise is: measured on samples/, see docs/experiment-log.md.
 */
const NOISE_RATIO = Math.log(Math.sqrt(Math.PI / 4));
/**
 * Amplitudes grow with the length of the window in seconds: those of noise by its root, of tones not at all (in units
 * of the rate), but a longer window also fills the pauses between sounds. Measured on samples/, 46 ms against 50, 64
 * and 93.
 */
const WINDOW_EXPONENT = 0.8;
/** Below the lowest band speech fades, as recordings are freed of rumble: by this power of the frequency. */
const FADE_BELOW = 1.5;
/** Beyond the range that the bands cover, a tenth of it is filled up with the outermost band. */
const FILLED_BEYOND = 1.1;

/**
 * Plans the way from bands to bands over the bins of the transform. The spectrum between the bands is a guess, so the
 * result is one: of each frame, a smooth curve through the bands, fitted to them by multiplicative rounds (Lee and
 * Seung), weighed anew.
 */
export function bandRemap(from: MelProfile, to: MelProfile): BandRemap {
  const source = profileFilterbank(from);
  const target = profileFilterbank(to);
  const { mels, bins } = source;
  const curve = curveOf(from, source);
  const perBin = columnSums(source);
  const spectrum = new Float64Array(bins);
  const share = new Float64Array(bins);
  const levels = new Float64Array(mels);
  const read = readingOf({ from, to, source, target });
  const onTarget = new Float64Array(target.bins);
  const correction = amplitudeCorrection(from, to, target);
  return (row, result) => {
    for (let band = 0; band < mels; band++) {
      levels[band] = row[band] - Math.log(source.sums[band]);
    }
    for (let bin = 0; bin < bins; bin++) {
      const { band, next, part } = curve[bin];
      spectrum[bin] = Math.exp(levels[band] + part * (levels[next] - levels[band]));
    }
    for (let round = 0; round < ROUNDS; round++) {
      share.fill(0);
      for (let band = 0; band < mels; band++) {
        const found = bandSum(source, band, spectrum);
        const ratio = found > 0 ? Math.exp(row[band]) / found : 1;
        for (
          let at = source.offset[band], bin = source.first[band];
          at < source.offset[band + 1];
          at++, bin++
        ) {
          share[bin] += source.weights[at] * ratio;
        }
      }
      for (let bin = 0; bin < bins; bin++) {
        if (perBin[bin] > 0) spectrum[bin] *= share[bin] / perBin[bin];
      }
    }
    read(spectrum, onTarget);
    for (let band = 0; band < target.mels; band++) {
      const sum = bandSum(target, band, onTarget);
      result[band] = (sum > 0 ? Math.max(Math.log(sum), NOTHING) : NOTHING) + correction[band];
    }
  };
}

interface Between {
  readonly band: number;
  readonly next: number;
  readonly part: number;
}

/**
 * Between which bands each bin lies, on the scale of the filterbank; bands too narrow to hold a bin are passed over.
 */
function curveOf(
  profile: MelProfile,
  { sums, centres, spacing, bins }: ProfileFilterbank,
): Between[] {
  const { fromHz } = melScales[profile.filterbank];
  const full = [...sums.keys()].filter((band) => sums[band] > 0);
  const places = full.map((band) => fromHz(centres[band]));
  const last = full.length - 1;
  let at = 0;
  return Array.from({ length: bins }, (_, bin) => {
    const place = fromHz(bin * spacing);
    if (place <= places[0]) return { band: full[0], next: full[0], part: 0 };
    if (place >= places[last]) return { band: full[last], next: full[last], part: 0 };
    while (places[at + 1] < place) at++;
    const part = (place - places[at]) / (places[at + 1] - places[at]);
    return { band: full[at], next: full[at + 1], part };
  });
}

function columnSums({ mels, bins, first, offset, weights }: ProfileFilterbank): Float64Array {
  const sums = new Float64Array(bins);
  for (let band = 0; band < mels; band++) {
    for (let at = offset[band], bin = first[band]; at < offset[band + 1]; at++, bin++) {
      sums[bin] += weights[at];
    }
  }
  return sums;
}

/**
 * Reads a spectrum of one transform as one of another: bins between bins, louder or quieter by window and rate, without
 * or with pre-emphasis, powers or amplitudes.
 */
function readingOf({
  from,
  to,
  source: { spacing, bins },
  target: { spacing: targetSpacing, bins: targetBins },
}: {
  readonly from: MelProfile;
  readonly to: MelProfile;
  readonly source: ProfileFilterbank;
  readonly target: ProfileFilterbank;
}): (spectrum: Float64Array, result: Float64Array) => void {
  const rate = to.samplingRate / from.samplingRate;
  const length = to.windowSize / to.samplingRate / (from.windowSize / from.samplingRate);
  const powers = from.magnitude === 'power';
  const gain = (rate * length ** WINDOW_EXPONENT) ** (powers ? 2 : 1);
  const power = powers === (to.magnitude === 'power') ? 1 : powers ? 0.5 : 2;
  const most = topOf(from) * FILLED_BEYOND;
  const plans = Array.from({ length: targetBins }, (_, target) => {
    const hz = target * targetSpacing;
    const place = hz / spacing;
    const bin = Math.min(Math.floor(place), bins - 2);
    const fade = hz < from.fmin ? (hz / from.fmin) ** FADE_BELOW : 1;
    const own =
      ((fade * emphasisAt(to, hz)) / emphasisAt(from, hz)) ** (to.magnitude === 'power' ? 2 : 1);
    return { bin, part: Math.min(place - bin, 1), gain: hz > most ? 0 : own };
  });
  return (spectrum, result) => {
    for (let target = 0; target < targetBins; target++) {
      const { bin, part, gain: own } = plans[target];
      const value = spectrum[bin] + part * (spectrum[bin + 1] - spectrum[bin]);
      result[target] = (power === 1 ? gain * value : (gain * value) ** power) * own;
    }
  };
}

/** |1 − c·e^{−jω}| */
function emphasisAt({ preemphasis = 0, samplingRate }: MelProfile, hz: number): number {
  const angle = (2 * Math.PI * hz) / samplingRate;
  return Math.sqrt(1 - 2 * preemphasis * Math.cos(angle) + preemphasis ** 2);
}

/** What the mean amplitude of each band is below the root of its mean power, or the reverse; natural logarithms. */
function amplitudeCorrection(
  from: MelProfile,
  to: MelProfile,
  target: ProfileFilterbank,
): Float64Array {
  const sign = from.magnitude === to.magnitude ? 0 : to.magnitude === 'amplitude' ? 1 : -2;
  return Float64Array.from({ length: target.mels }, (_, band) => {
    let squares = 0;
    for (let at = target.offset[band]; at < target.offset[band + 1]; at++) {
      squares += target.weights[at] ** 2;
    }
    const bins = squares > 0 ? target.sums[band] ** 2 / squares : 1;
    return sign * NOISE_RATIO * (1 - 1 / bins);
  });
}
