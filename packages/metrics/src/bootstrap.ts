import { mulberry32 } from '@hifigan/audio';
import { normalCdf, normalQuantile } from './normal-distribution.js';
import { checkObject } from './signals.js';

/** Each resample's mean is held and sorted: so many are 80 MB, and their chance is far below what files say. */
export const MOST_RESAMPLES = 10_000_000;

/** How an interval is taken from the means of resamples. */
export type IntervalMethod = 'bca' | 'percentile';

export interface BootstrapOptions {
  /**
   * `bca` (default): bias-corrected and accelerated, which allows for a skewed distribution; `percentile`: the middle
   * of the means as they are.
   */
  readonly method?: IntervalMethod;
  /** Share of such intervals that hold the true mean, between 0 and 1; default 0.95. */
  readonly confidence?: number;
  /**
   * How often as many files are drawn anew, up to {@link MOST_RESAMPLES}; default 2000, as many as BCa wants at least.
   */
  readonly resamples?: number;
  /** Of the draws; default 0. The same seed and as many values make the same draws, whatever the values. */
  readonly seed?: number;
}

/** A mean, and how far it may be off. */
export interface MeanInterval {
  /** Values that it is the mean of. */
  readonly count: number;
  readonly mean: number;
  /** Null of a single value, which tells nothing of others. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The mean of values and a bootstrap confidence interval: how it would vary, had other files of the same kind been
 * measured. B. Efron, Better Bootstrap Confidence Intervals, 1987; as scipy.stats.bootstrap.
 *
 * Pitfalls: of fewer than some twenty values intervals come out too narrow; and files of one speaker or one text are
 * alike, so that the interval says nothing of other speakers.
 *
 * @param values one for each file, finite
 * @throws RangeError where there are none, one is not finite, or an option is impossible
 */
export function bootstrapMean(
  values: ArrayLike<number>,
  options: BootstrapOptions = {},
): MeanInterval {
  checkObject('bootstrapMean', 'values', values, 'an array of numbers, one for each file');
  checkObject('bootstrapMean', 'options', options, 'an object, or left out');
  const { resamples = 2000, seed = 0 } = options;
  check(values, options);
  const count = values.length;
  const mean = meanOf(values);
  if (count === 1) return { count, mean, low: null, high: null };
  const means = resampledMeans(values, resamples, mulberry32(seed));
  const [low, high] = intervalOf(values, means, options);
  return { count, mean, low, high };
}

/** Means of as many values, drawn with replacement. @param random in [0, 1) */
function resampledMeans(
  values: ArrayLike<number>,
  resamples: number,
  random: () => number,
): Float64Array {
  const { length } = values;
  return Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += values[Math.floor(random() * length)];
    return sum / length;
  });
}

/**
 * The interval of a mean, given the means of resamples.
 *
 * @param values at least two
 * @returns low and high
 */
export function intervalOf(
  values: ArrayLike<number>,
  means: Float64Array,
  { method = 'bca', confidence = 0.95 }: BootstrapOptions = {},
): [number, number] {
  const sorted = Float64Array.from(means).sort();
  const shares = [(1 - confidence) / 2, (1 + confidence) / 2];
  const places = method === 'percentile' ? shares : correctedShares(values, sorted, shares);
  return [quantile(sorted, places[0]), quantile(sorted, places[1])];
}

/** Where BCa looks instead: moved by the bias of the means' median, and by how skewed the values are. */
function correctedShares(
  values: ArrayLike<number>,
  sorted: Float64Array,
  shares: readonly number[],
): readonly number[] {
  const mean = meanOf(values);
  const { length } = values;
  const below = sorted.reduce((sum, one) => sum + (one < mean ? 1 : one === mean ? 0.5 : 0), 0);
  const bias = normalQuantile(below / sorted.length);
  // Of a mean, the jackknife's influences are those of the values themselves.
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < length; i++) {
    const influence = values[i] - mean;
    squares += influence ** 2;
    cubes += influence ** 3;
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  // Equal values, but for rounding: there is nothing to correct.
  if (!Number.isFinite(bias) || squares === 0) return shares;
  return shares.map((share) => {
    const z = bias + normalQuantile(share);
    // So near to 0 or 1 that float64 has no z of it: the outermost of the means, whatever is corrected.
    if (!Number.isFinite(z)) return share;
    return normalCdf(bias + z / (1 - acceleration * z));
  });
}

/** With straight lines between the values. @param sorted the least first */
function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  return low + (high - low) * (at % 1);
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function check(
  values: ArrayLike<number>,
  { method = 'bca', confidence = 0.95, resamples = 2000, seed = 0 }: BootstrapOptions,
): void {
  const refuse = (what: string, must: string) => {
    throw new RangeError(`bootstrapMean: ${what} must be ${must}`);
  };
  if (values.length === 0) {
    refuse('values', 'at least one, because nothing has no mean; leave the measure out');
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    refuse(`values[${i}]=${values[i]}`, 'finite, because it would be the mean; leave it out');
  }
  if (method !== 'bca' && method !== 'percentile') {
    refuse(
      `method=${method}`,
      'bca or percentile, because no other is known; leave it out for bca',
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    refuse(
      `confidence=${confidence}`,
      'between 0 and 1, because it is a share of intervals; 0.95 is usual',
    );
  }
  if (!Number.isSafeInteger(resamples) || resamples < 1 || resamples > MOST_RESAMPLES) {
    refuse(
      `resamples=${resamples}`,
      `a whole number from 1 to ${MOST_RESAMPLES}, because it counts draws that are held at once; 2000 is the default`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    refuse(`seed=${seed}`, 'a whole number, because draws are made from it; 0 is the default');
  }
}
