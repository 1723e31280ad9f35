/** Rates beyond it want kernels so wide that a stage costs more than two smaller ones. */
export const LARGEST_RATE = 16;
/** Each stage halves the channels. */
const MOST_STAGES = 8;

/**
 * Splits a hop size into upsampling rates as like to given ones as can be: the least sum of squared differences of
 * logarithms, a stage that the other side lacks counting as rate 1. It has at most one stage more or less where that
 * can be; of equals the one with as many, then the one whose largest rate is smallest.
 *
 * @param like rates to be near to, such as V1's `[8, 8, 2, 2]`
 * @returns 1 to 8 rates from 2 to 16 whose product is `hop`, largest first; empty where there are none, as for primes
 */
export function splitHop(hop: number, like: readonly number[]): number[] {
  const wanted = [...like].sort((a, b) => b - a);
  let best: { rates: number[]; rank: number[] } | undefined;
  for (const rates of splits(hop, LARGEST_RATE, MOST_STAGES)) {
    // Logarithms of the same split may differ in their last bits.
    const far = Math.round(distance(rates, wanted) * 1e9);
    const apart = Math.abs(rates.length - wanted.length);
    const rank = [Math.max(1, apart), far, apart, ...rates];
    if (!best || comesFirst(rank, best.rank)) best = { rates, rank };
  }
  return best?.rates ?? [];
}

/**
 * The nearest hop sizes, one below (where there is one) and one above, that can be split and are `multipleOf` a number.
 */
export function nearestHops(hop: number, multipleOf = 1): number[] {
  const from = (start: number, step: number) => {
    for (let n = start; n >= 2; n += step) if (n % multipleOf === 0 && canSplit(n)) return n;
    return undefined;
  };
  const whole = Math.max(2, Math.floor(hop));
  const found = [from(whole, -1), from(Math.max(2, Math.ceil(hop)), 1)];
  return [...new Set(found.filter((n) => n !== undefined))];
}

/** Whether {@link splitHop} finds rates. */
export function canSplit(hop: number): boolean {
  return !splits(hop, LARGEST_RATE, MOST_STAGES).next().done;
}

/** All ways to write `n` as a product of factors from 2 to `largest`, largest first. */
function* splits(n: number, largest: number, most: number): Generator<number[]> {
  // So that nothing is tried which cannot end well.
  if (!Number.isInteger(n) || n < 2 || most === 0 || n > largest ** most) return;
  for (let rate = Math.min(largest, n); rate >= 2; rate--) {
    if (n % rate !== 0) continue;
    if (rate === n) yield [rate];
    else for (const rest of splits(n / rate, rate, most - 1)) yield [rate, ...rest];
  }
}

function distance(a: readonly number[], b: readonly number[]): number {
  const length = Math.max(a.length, b.length);
  return Array.from({ length }, (_, i) => Math.log((a[i] ?? 1) / (b[i] ?? 1)) ** 2).reduce(
    (sum, square) => sum + square,
    0,
  );
}

function comesFirst(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at >= 0 && a[at] < (b[at] ?? Number.POSITIVE_INFINITY);
}
