import { besselI0 } from '@hifigan/audio';

// Octave's choices: 60 dB of rejection, an edge as wide as a tenth of the stop band's frequency.
const REJECTION_DECIBELS = 60;
const BETA = 0.1102 * (REJECTION_DECIBELS - 8.7);

/**
 * Changes the rate as Octave's `resample` does, which pystoi follows: a Kaiser-windowed sinc whose gain is 1 at 0 Hz.
 * STOI is defined with it, so that `resample` of `@hifigan/audio`, whose edge lies elsewhere, would not give pystoi's
 * figures.
 *
 * @param from rate of the input, a whole number of Hz
 * @param to rate of the output, a whole number of Hz
 * @returns ⌈samples · to / from⌉ samples in float64
 */
export function octaveResample(audio: Float32Array, from: number, to: number): Float64Array {
  if (from === to) return Float64Array.from(audio);
  const divisor = greatestCommonDivisor(from, to);
  const down = from / divisor;
  const up = to / divisor;
  const { half, taps } = lowPass(Math.max(up, down));
  const gain = up / taps.reduce((sum, tap) => sum + tap, 0);
  const result = new Float64Array(Math.ceil((audio.length * up) / down));
  for (let at = 0; at < result.length; at++) {
    // The output lies at `centre` on the grid that has a sample of the input every `up` places.
    const centre = at * down;
    const first = Math.max(0, Math.ceil((centre - half) / up));
    const last = Math.min(audio.length - 1, Math.floor((centre + half) / up));
    let sum = 0;
    for (let n = first; n <= last; n++) sum += audio[n] * taps[centre - n * up + half];
    result[at] = sum * gain;
  }
  return result;
}

function lowPass(longer: number): { readonly half: number; readonly taps: Float64Array } {
  const cutoff = 1 / (2 * longer);
  const half = Math.ceil((REJECTION_DECIBELS - 8) / (28.714 * (cutoff / 10)));
  const taps = Float64Array.from({ length: 2 * half + 1 }, (_, i) => {
    const t = i - half;
    const angle = 2 * Math.PI * cutoff * t;
    const sinc = t === 0 ? 1 : Math.sin(angle) / angle;
    return sinc * besselI0(BETA * Math.sqrt(Math.max(0, 1 - (t / half) ** 2)));
  });
  return { half, taps };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
