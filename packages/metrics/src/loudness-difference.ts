import { integratedLoudness } from '@hifigan/audio';
import { checkSignal } from './signals.js';

/**
 * How much louder the generated recording is: the difference of integrated loudness, LU (as decibels). 0 is equal,
 * above is louder; neither is better by itself, but louder speech is often preferred, so level it before listening
 * tests.
 *
 * ITU-R BS.1770-4 ({@link integratedLoudness} of `@hifigan/audio`). Pauses and what is far below the rest do not
 * count, so that it says nothing of noise in pauses; lengths may differ.
 *
 * @param reference mono samples in [−1, 1]
 * @param generated mono samples at the same rate
 * @param samplingRate of both, at least 4000 Hz
 * @returns LU; 0 where both are silent, ±∞ where one is
 * @throws RangeError where a recording is empty, a sample is not finite, or the rate is too low
 */
export function loudnessDifference(
  reference: Float32Array,
  generated: Float32Array,
  samplingRate: number,
): number {
  checkSignal('loudnessDifference', 'reference', reference);
  checkSignal('loudnessDifference', 'generated', generated);
  const [before, after] = [reference, generated].map((a) => integratedLoudness(a, samplingRate));
  return before === after ? 0 : after - before;
}
