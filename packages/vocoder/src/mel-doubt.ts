import type { Mel } from '@hifigan/audio';

/** log10(1e-5), and a little. */
const LOG10_FLOOR = -5.05;
/** In base 10, that is 50 dB. A smaller range is no evidence. */
const LEAST_RANGE = 2.5;
/**
 * Between two frames, the middle change of a band. On the recordings in samples/ it is 0.34 to 0.40 in natural logarithms
 * and 0.15 to 0.17 in those of base 10; for noise alone, which changes least, it is 0.19 to 0.21 in natural ones.
 */
const CALM = 0.18;

/**
 * What looks wrong with the values of a mel, or nothing: it may be of another kind (decibels, base 10, normalised,
 * no logarithm at all), and would give noise.
 */
export function melDoubt(mel: Mel): string | undefined {
  const { data } = mel;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  // ln(1e-5) is the floor; full scale reaches about 2.
  const natural = low >= -11.6 && high <= 5 && low < 0;
  if (natural && low >= LOG10_FLOOR && high - low >= LEAST_RANGE && isCalm(mel)) {
    return (
      `values from ${low.toFixed(2)} to ${high.toFixed(2)} look like logarithms of base 10, where natural ones (-11.51 to ` +
      'about 2) are needed: multiply by 2.302585, or let the mel command make the right ones'
    );
  }
  if (natural) return undefined;
  return (
    `values from ${low.toFixed(2)} to ${high.toFixed(2)} do not look like natural logarithms of magnitudes (-11.51 to ` +
    'about 2): decibels, base 10 or a scaled mel sound wrong; the mel command makes the right ones'
  );
}

/** Whether bands change less from frame to frame than natural logarithms of any sound with noise in it do. */
function isCalm({ data, mels }: Mel): boolean {
  const changes: number[] = [];
  for (let at = mels; at < data.length; at++) {
    const change = Math.abs(data[at] - data[at - mels]);
    // At the floor nothing changes.
    if (change > 1e-6) changes.push(change);
  }
  changes.sort((a, b) => a - b);
  return changes.length > 0 && changes[changes.length >> 1] < CALM;
}
