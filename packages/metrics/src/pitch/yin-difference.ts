import { complexBuffer, createFourier } from '@hifigan/audio';
import { createPowerSpectrum } from '../power-spectrum.js';

/** YIN's difference function of one frame of a signal, for each period. */
export interface YinDifference {
  /** Samples; the first that is computed. */
  readonly shortest: number;
  /** Samples; the last. */
  readonly longest: number;
  /**
   * @param start first sample of the frame, may lie before the signal, where zeros are
   * @param out for each period from the shortest to the longest, about 0 (the frame repeats so) to above 1
   */
  measure(signal: Float32Array, start: number, out: Float64Array): void;
}

/**
 * Plans the cumulative mean normalised difference, equation 8 of A. de Cheveigné, H. Kawahara, YIN, 2002: how much a
 * frame differs from itself a period later, over the mean of that for all shorter periods. After the frame's end
 * zeros are taken, as librosa does.
 */
export function createYinDifference(
  frameSize: number,
  shortest: number,
  longest: number,
): YinDifference {
  let nFft = 2;
  while (nFft < frameSize + longest) nFft *= 2;
  const power = createPowerSpectrum(nFft, new Float64Array(frameSize).fill(1));
  const fourier = createFourier(nFft);
  const spectrum = complexBuffer(nFft);
  const correlation = complexBuffer(nFft);
  return {
    shortest,
    longest,
    measure(signal, start, out) {
      const half = power.analyze(signal, start, frameSize, 1);
      for (let k = 0; k < nFft; k++) {
        spectrum[2 * k] = half[Math.min(k, nFft - k)];
        spectrum[2 * k + 1] = 0;
      }
      fourier.inverse(correlation, spectrum);
      const energy = correlation[0];
      let head = 0;
      let sum = 0;
      for (let period = 1; period <= longest; period++) {
        const at = start + period - 1;
        const sample = at >= 0 && at < signal.length ? signal[at] : 0;
        head += sample * sample;
        // Σ(x[n] − x[n+period])² = both energies − 2·autocorrelation; the later lacks the frame's head. What
        // rounding leaves of silence, or below zero, is none.
        const difference = 2 * (energy - correlation[2 * period]) - head;
        const rounding = 1e-12 * energy;
        const cleaned = difference > rounding ? difference : 0;
        if (period >= shortest) {
          // Normalised by the mean of the differences up to and with this one.
          const mean = (sum + cleaned) / period;
          out[period - shortest] = mean > 0 ? cleaned / mean : 0;
        }
        sum += cleaned;
      }
    },
  };
}
