import { type BootstrapOptions, bootstrapMean, type MeanInterval } from './bootstrap.js';
import type { SpeechMeasure } from './compare-speech.js';
import { checkObject } from './signals.js';

const DIRECTIONS: readonly SpeechMeasure['better'][] = ['higher', 'lower', 'zero'];

/** What a measure says of many files. */
export interface MeasureSummary extends MeanInterval {
  /** Of the values, between the two in the middle where their number is even. */
  readonly median: number;
  /** Root of the mean square distance from the mean, of a sample: divided by count − 1; null of a single value. */
  readonly deviation: number | null;
}

/**
 * A measure over files, each counted once: the mean with its interval. Files that it does not apply to (null) are left
 * out; `count` says how many are left.
 *
 * @returns null where it applies to none
 * @throws RangeError where a value is not finite, or an option is impossible
 */
export function summarizeMeasure(
  values: readonly (number | null)[],
  options: BootstrapOptions = {},
): MeasureSummary | null {
  checkValues('summarizeMeasure', 'values', values);
  const found = values.filter((value) => value !== null);
  if (found.length === 0) return null;
  const interval = bootstrapMean(found, options);
  const squares = found.reduce((sum, value) => sum + (value - interval.mean) ** 2, 0);
  const sorted = found.sort((a, b) => a - b);
  const { length } = sorted;
  return {
    ...interval,
    median: (sorted[(length - 1) >> 1] + sorted[length >> 1]) / 2,
    deviation: length > 1 ? Math.sqrt(squares / (length - 1)) : null,
  };
}

/** How much better or worse a system is than another on the same files. */
export interface PairedDifference extends MeanInterval {
  /** Files on which the system is better, and on which it is worse than the other. */
  readonly betterIn: number;
  readonly worseIn: number;
}

/**
 * The mean of a system's value less another's, file by file: since both spoke the same files, what makes some files
 * hard falls out, and much smaller differences are seen than by two intervals side by side. An interval without 0 tells
 * a difference that other files would show, too.
 *
 * Of a measure that is best near zero, such as the difference of loudness, sizes are compared, without their signs.
 *
 * @param values of the system, by file; and `others`, of the same files in the same order
 * @returns null where no file has both
 * @throws RangeError where they are not as many, a value is not finite, or an option is impossible
 */
export function pairedDifference(
  values: readonly (number | null)[],
  others: readonly (number | null)[],
  better: SpeechMeasure['better'],
  options: BootstrapOptions = {},
): PairedDifference | null {
  checkValues('pairedDifference', 'values', values);
  checkValues('pairedDifference', 'others', others);
  checkBetter('pairedDifference', better);
  if (values.length !== others.length) {
    throw new RangeError(
      `pairedDifference: others.length=${others.length} must be values.length=${values.length}, because files are compared one by one; give null for a file that one of them lacks`,
    );
  }
  const size = (value: number) => (better === 'zero' ? Math.abs(value) : value);
  const differences = values.flatMap((value, i) => {
    const other = others[i];
    return value === null || other === null ? [] : size(value) - size(other);
  });
  if (differences.length === 0) return null;
  const gains = differences.map((one) => (better === 'higher' ? one : -one));
  return {
    ...bootstrapMean(differences, options),
    betterIn: gains.filter((gain) => gain > 0).length,
    worseIn: gains.filter((gain) => gain < 0).length,
  };
}

/**
 * How bad a value is, for sorting the worst first: the larger, the worse. What is missing is none: null.
 */
export function badness(value: number | null, better: SpeechMeasure['better']): number | null {
  checkBetter('badness', better);
  if (value === null) return null;
  if (better === 'higher') return -value;
  return better === 'lower' ? value : Math.abs(value);
}

function checkValues(where: string, name: string, values: readonly (number | null)[]): void {
  if (Array.isArray(values)) return;
  const must = 'an array, because it has a value of each file; null where a file has none';
  checkObject(where, name, values, must);
  throw new TypeError(`${where}: ${name} must be ${must}; Array.from makes one`);
}

/** Types let no others through; who writes JavaScript is told. */
function checkBetter(where: string, better: SpeechMeasure['better']): void {
  if (DIRECTIONS.includes(better)) return;
  const given = typeof better === 'string' ? `'${better}'` : typeof better;
  throw new RangeError(
    `${where}: better=${given} must be one of ${DIRECTIONS.join(', ')}, because it says which of two values is the better; speechMeasures has it of each measure`,
  );
}
