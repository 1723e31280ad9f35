import { octaveResample } from './octave-resample.js';
import { createPowerSpectrum } from './power-spectrum.js';
import { checkPair, checkRate, checkSounds } from './signals.js';
import { thirdOctaveBands } from './third-octave-bands.js';

// Constants of the papers.
const RATE = 10_000;
const FRAME = 256;
const HOP = FRAME / 2;
const N_FFT = 512;
const BANDS = 15;
const LOWEST_BAND = 150;
const DYNAMIC_RANGE = 40;

/** Frames of a segment: 384 ms. */
export const SEGMENT = 30;

/** Magnitudes in third-octave bands of where the reference speaks, `[frames, bands]`. */
export interface SpeechBands {
  readonly frames: number;
  readonly bands: number;
  readonly reference: Float64Array;
  readonly generated: Float64Array;
}

/**
 * What STOI and ESTOI begin with: both at 10 kHz, frames 40 dB below the reference's loudest left out, 15 third-octave
 * bands from 150 Hz.
 *
 * @throws RangeError where the recordings cannot be compared, or less than a segment of speech is left
 */
export function speechBands(
  where: string,
  reference: Float32Array,
  generated: Float32Array,
  samplingRate: number,
): SpeechBands {
  checkRate(where, samplingRate);
  checkPair(where, reference, generated);
  checkSounds(where, reference);
  const window = symmetricHann(FRAME);
  const signals = [reference, generated].map((audio) => octaveResample(audio, samplingRate, RATE));
  const kept = speakingFrames(signals[0], window);
  // As pystoi counts: a last frame that would end with the signal is left out, here and above.
  const frames = Math.max(0, kept.length - 1);
  if (frames < SEGMENT) {
    throw new RangeError(
      `${where}: the reference has ${frames} frames of speech and must have at least ${SEGMENT}, because intelligibility is measured on ${(SEGMENT * HOP) / RATE} s at a time; give a longer recording`,
    );
  }
  const [ours, theirs] = signals.map((signal) => bandMagnitudes(signal, kept, window, frames));
  return { frames, bands: BANDS, reference: ours, generated: theirs };
}

/** Without the zeros at its ends, as Matlab's `hanning`. */
function symmetricHann(size: number): Float64Array {
  return Float64Array.from(
    { length: size },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 1)) / (size + 1)),
  );
}

/** The frames that are less than the dynamic range below the loudest. */
function speakingFrames(signal: Float64Array, window: Float64Array): number[] {
  const levels = Array.from(
    { length: Math.max(0, Math.ceil((signal.length - FRAME) / HOP)) },
    (_, frame) => {
      let energy = 0;
      for (let i = 0; i < FRAME; i++) energy += (window[i] * signal[frame * HOP + i]) ** 2;
      return 20 * Math.log10(Math.sqrt(energy) + Number.EPSILON);
    },
  );
  const threshold = levels.reduce((a, b) => Math.max(a, b), -Infinity) - DYNAMIC_RANGE;
  return levels.flatMap((level, frame) => (level > threshold ? [frame] : []));
}

function bandMagnitudes(
  signal: Float64Array,
  kept: readonly number[],
  window: Float64Array,
  frames: number,
): Float64Array {
  // The frames that are kept, moved together and overlapped, are a signal without pauses.
  const speech = new Float64Array((kept.length - 1) * HOP + FRAME);
  for (const [place, frame] of kept.entries()) {
    for (let i = 0; i < FRAME; i++) speech[place * HOP + i] += window[i] * signal[frame * HOP + i];
  }
  const { analyze, bins } = createPowerSpectrum(N_FFT, window);
  const power = analyze(speech, 0, HOP, frames);
  const edges = thirdOctaveBands(RATE, N_FFT, BANDS, LOWEST_BAND);
  const magnitudes = new Float64Array(frames * BANDS);
  for (let frame = 0; frame < frames; frame++) {
    for (const [band, { from, to }] of edges.entries()) {
      let sum = 0;
      for (let bin = from; bin < to; bin++) sum += power[frame * bins + bin];
      magnitudes[frame * BANDS + band] = Math.sqrt(sum);
    }
  }
  return magnitudes;
}
