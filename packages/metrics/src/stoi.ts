import { SEGMENT, speechBands } from './speech-bands.js';

// −15 dB: how far the generated speech may be above the reference before it counts no further.
const CLIP = 1 + 10 ** (15 / 20);

/**
 * Short-time objective intelligibility: how well the envelopes of 15 third-octave bands correlate over 384 ms.
 *
 * Higher is better: 1 is the reference itself, about 0 is unrelated noise. It predicts how many words are understood,
 * not how natural they sound: among good vocoders it hardly differs (0.95 and up). It hears nothing above 4.3 kHz,
 * ignores gain, and punishes delay: the recordings must begin together.
 *
 * C. Taal, R. Hendriks, R. Heusdens, J. Jensen, An Algorithm for Intelligibility Prediction of Time-Frequency Weighted
 * Noisy Speech, 2011. Equal to pystoi, resampling included.
 *
 * @param reference mono samples of clean speech
 * @param generated as many, of what is judged
 * @param samplingRate of both, a whole number of Hz
 * @throws RangeError where lengths differ, a sample is not finite, the reference is silent, or holds less than 0.4 s
 *   of speech
 */
export function stoi(
  reference: Float32Array,
  generated: Float32Array,
  samplingRate: number,
): number {
  const speech = speechBands('stoi', reference, generated, samplingRate);
  const { frames, bands } = speech;
  const segments = frames - SEGMENT + 1;
  const x = new Float64Array(SEGMENT);
  const y = new Float64Array(SEGMENT);
  let sum = 0;
  for (let start = 0; start < segments; start++) {
    for (let band = 0; band < bands; band++) {
      for (let i = 0; i < SEGMENT; i++) {
        x[i] = speech.reference[(start + i) * bands + band];
        y[i] = speech.generated[(start + i) * bands + band];
      }
      const gain = norm(x) / (norm(y) + Number.EPSILON);
      for (let i = 0; i < SEGMENT; i++) y[i] = Math.min(y[i] * gain, x[i] * CLIP);
      sum += correlation(x, y);
    }
  }
  return sum / (segments * bands);
}

/** Of two vectors, which are centred and scaled in place. */
function correlation(x: Float64Array, y: Float64Array): number {
  for (const vector of [x, y]) {
    centre(vector);
    const scale = norm(vector) + Number.EPSILON;
    for (let i = 0; i < vector.length; i++) vector[i] /= scale;
  }
  return x.reduce((sum, value, i) => sum + value * y[i], 0);
}

function centre(vector: Float64Array): void {
  const mean = vector.reduce((sum, value) => sum + value, 0) / vector.length;
  for (let i = 0; i < vector.length; i++) vector[i] -= mean;
}

function norm(vector: Float64Array): number {
  return Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
}

/**
 * Extended STOI: correlates whole spectra of 384 ms, each band and then each frame normalised. Higher is better, 1 is
 * the reference itself.
 *
 * Built for noises that come and go; stricter than {@link stoi} and lower for the same speech. The same pitfalls: it
 * hears nothing above 4.3 kHz, ignores gain, punishes delay.
 *
 * J. Jensen, C. Taal, An Algorithm for Predicting the Intelligibility of Speech Masked by Modulated Noise Maskers,
 * 2016. Equal to pystoi, which adds random noise of 1e-16 where we count what has no variance as 0.
 *
 * @param reference mono samples of clean speech
 * @param generated as many, of what is judged
 * @param samplingRate of both, a whole number of Hz
 * @throws RangeError as {@link stoi}
 */
export function estoi(
  reference: Float32Array,
  generated: Float32Array,
  samplingRate: number,
): number {
  const speech = speechBands('estoi', reference, generated, samplingRate);
  const { frames, bands } = speech;
  const segments = frames - SEGMENT + 1;
  const size = SEGMENT * bands;
  let sum = 0;
  for (let start = 0; start < segments; start++) {
    const [x, y] = [speech.reference, speech.generated].map((values) =>
      normalised(values.slice(start * bands, start * bands + size), bands),
    );
    sum += x.reduce((total, value, i) => total + value * y[i], 0) / SEGMENT;
  }
  return sum / segments;
}

/** `[frames, bands]` with mean 0 and norm 1: each band over time, then each frame over the bands. */
function normalised(segment: Float64Array, bands: number): Float64Array {
  for (let band = 0; band < bands; band++) normaliseLine(segment, band, bands, SEGMENT);
  for (let frame = 0; frame < SEGMENT; frame++) normaliseLine(segment, frame * bands, 1, bands);
  return segment;
}

function normaliseLine(values: Float64Array, first: number, step: number, count: number): void {
  let mean = 0;
  for (let i = 0; i < count; i++) mean += values[first + i * step] / count;
  let energy = 0;
  for (let i = 0; i < count; i++) {
    values[first + i * step] -= mean;
    energy += values[first + i * step] ** 2;
  }
  // What rounding leaves of a constant is no variance.
  const scale = energy > count * (mean * 1e-14) ** 2 ? 1 / Math.sqrt(energy) : 0;
  for (let i = 0; i < count; i++) values[first + i * step] *= scale;
}
