/** A period that a frame may have. */
export interface PeriodCandidate {
  /** Samples, with fractions. */
  readonly period: number;
  /** That it is the period; all of a frame together at most 1. */
  readonly probability: number;
}

const THRESHOLDS = 100;
// Of the Boltzmann distribution by which shorter periods are preferred.
const PREFERENCE = 2;
// For the deepest trough, where a threshold lies below all of them.
const NO_TROUGH = 0.01;

/** That YIN's threshold lies in each hundredth: a beta distribution with α = 2, β = 18 (mean 0.1). */
const THRESHOLD_PRIOR = Float64Array.from(
  { length: THRESHOLDS },
  (_, i) => betaBelow((i + 1) / THRESHOLDS) - betaBelow(i / THRESHOLDS),
);

/** The regularised incomplete beta function for α = 2, β = 18, in closed form. */
function betaBelow(x: number): number {
  return 1 - (1 - x) ** 18 * (1 + 18 * x);
}

/**
 * pYIN's first stage: instead of one threshold for the depth of a trough, a distribution of thresholds, each of which
 * votes for the troughs below it, shorter periods first. With the constants of the authors' software, as librosa.
 *
 * M. Mauch, S. Dixon, pYIN: a fundamental frequency estimator using probabilistic threshold distributions, 2014.
 *
 * @param differences by period, from `shortest` samples on
 */
export function yinCandidates(differences: Float64Array, shortest: number): PeriodCandidate[] {
  const troughs = troughsOf(differences);
  if (troughs.length === 0) return [];
  const votes = new Float64Array(troughs.length);
  const deepest = troughs.reduce(
    (best, at, i) => (differences[at] < differences[troughs[best]] ? i : best),
    0,
  );
  for (let i = 0; i < THRESHOLDS; i++) {
    const threshold = (i + 1) / THRESHOLDS;
    const below = troughs.flatMap((at, trough) => (differences[at] < threshold ? [trough] : []));
    if (below.length === 0) {
      votes[deepest] += NO_TROUGH * THRESHOLD_PRIOR[i];
      continue;
    }
    const whole = (1 - Math.exp(-PREFERENCE * below.length)) / (1 - Math.exp(-PREFERENCE));
    for (const [rank, trough] of below.entries()) {
      votes[trough] += (THRESHOLD_PRIOR[i] * Math.exp(-PREFERENCE * rank)) / whole;
    }
  }
  return troughs.map((at, trough) => ({
    period: shortest + at + parabolicShift(differences, at),
    probability: votes[trough],
  }));
}

function troughsOf(values: Float64Array): number[] {
  const last = values.length - 1;
  const troughs: number[] = [];
  for (let i = 0; i <= last; i++) {
    const fallen = i === 0 ? values[0] < values[1] : values[i] < values[i - 1];
    if (fallen && (i === last || values[i] <= values[i + 1])) troughs.push(i);
  }
  return troughs;
}

/** Where a parabola through the three values has its vertex; 0 at the ends, and where it lies beyond the neighbours. */
function parabolicShift(values: Float64Array, at: number): number {
  if (at === 0 || at === values.length - 1) return 0;
  const bend = values[at + 1] + values[at - 1] - 2 * values[at];
  const slope = (values[at + 1] - values[at - 1]) / 2;
  return Math.abs(slope) >= Math.abs(bend) ? 0 : -slope / bend;
}
