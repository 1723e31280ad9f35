import { checkPair } from './signals.js';

/**
 * Scale-invariant signal-to-distortion ratio: the energy of what is the reference, whatever its gain, over that of all
 * else. In dB, higher is better; ∞ is the reference itself, −∞ has nothing of it.
 *
 * **It means little for vocoders**: it compares waveforms, and a generator is free in its phases, so that speech
 * which cannot be told from the recording may have −20 dB. It is for codecs, enhancement and separation, and to see
 * that two programs compute the same.
 *
 * J. Le Roux, S. Wisdom, H. Erdogan, J. Hershey, SDR – half-baked or well done?, 2019; means are taken off first, as
 * there.
 *
 * @param reference mono samples
 * @param generated as many
 * @throws RangeError where lengths differ, a sample is not finite, or the reference is silent (or constant)
 */
export function siSdr(reference: Float32Array, generated: Float32Array): number {
  checkPair('siSdr', reference, generated);
  const [x, y] = [reference, generated].map(centred);
  const energy = dot(x, x);
  if (energy === 0) {
    throw new RangeError(
      'siSdr: reference is silent and must not be, because the measure is a share of its energy; leave the pair out',
    );
  }
  const scale = dot(x, y) / energy;
  const target = scale * scale * energy;
  let rest = 0;
  for (let i = 0; i < x.length; i++) rest += (y[i] - scale * x[i]) ** 2;
  return target === 0 ? -Infinity : 10 * Math.log10(target / rest);
}

function centred(signal: Float32Array): Float64Array {
  let sum = 0;
  for (const value of signal) sum += value;
  return Float64Array.from(signal, (value) => value - sum / signal.length);
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}
