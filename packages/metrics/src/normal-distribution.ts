/** Beyond it, float64 knows only 0 and 1. */
const FARTHEST = 8;

/**
 * Φ(z): the share of a standard normal distribution that lies below z, by the series of G. Marsaglia, Evaluating the
 * Normal Distribution, 2004. Within 1e-15; NaN of NaN.
 */
export function normalCdf(z: number): number {
  // The series would never settle.
  if (Number.isNaN(z)) return z;
  if (z < -FARTHEST) return 0;
  if (z > FARTHEST) return 1;
  let sum = z;
  let term = z;
  for (let i = 3, last = 0; sum !== last; i += 2) {
    last = sum;
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/**
 * The z that a share of a standard normal distribution lies below; infinite for 0 and 1 and for shares that are nearer to
 * them than Φ(∓8), some 6e-16; NaN of NaN.
 *
 * @param share from 0 to 1
 */
export function normalQuantile(share: number): number {
  if (Number.isNaN(share)) return share;
  if (share <= normalCdf(-FARTHEST)) return Number.NEGATIVE_INFINITY;
  if (share >= normalCdf(FARTHEST)) return Number.POSITIVE_INFINITY;
  // Φ grows steadily: halving finds each bit.
  let low = -FARTHEST;
  let high = FARTHEST;
  for (let middle = 0; ; ) {
    middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (normalCdf(middle) < share) low = middle;
    else high = middle;
  }
}
