import { complexBuffer, createFourier } from './fourier.js';
import { mirrored } from './frames.js';
import { hannWindow } from './hann-window.js';

/** What is taken off a signal. */
export interface SpectralSubtractionOptions {
  /** Length of a frame, a multiple of 4; frames begin every quarter of it. */
  readonly nFft: number;
  /** What is taken off the magnitude of each bin of a frame under a periodic Hann window, nFft / 2 + 1 values. */
  readonly magnitudes: ArrayLike<number>;
}

/** Takes a spectrum off a recording that comes in parts. */
export interface SpectralSubtraction {
  /** @returns the samples that are now certain: all but the last three quarters of a frame */
  push(audio: Float32Array): Float32Array;
  /** Ends the recording. @returns the samples that are left: as many come out as went in */
  end(): Float32Array;
}

/** Four windows lie over each sample; the squares of periodic Hann windows a quarter apart add up to this. */
const OVERLAP = 4;
const WINDOWS_SQUARED = 1.5;

/**
 * Plans spectral subtraction (Boll 1979), as the denoisers of WaveGlow and of NVIDIA's HiFi-GAN do it: magnitudes
 * become `max(0, |X| − magnitudes)`, phases stay. Beside the recording lies silence.
 *
 * @throws RangeError where the options are impossible
 */
export function createSpectralSubtraction({
  nFft,
  magnitudes,
}: SpectralSubtractionOptions): SpectralSubtraction {
  check(nFft, magnitudes.length);
  const hop = nFft / OVERLAP;
  const window = hannWindow(nFft);
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  // What the next frames read, and what they and those before them sum up to, from the next frame's first sample on.
  let held = new Float32Array(nFft - hop);
  const sum = new Float64Array(nFft);
  let received = 0;
  // The first frame reaches into the recording by a hop alone.
  let made = hop - nFft;

  const addFrame = (samples: Float32Array): void => {
    for (let i = 0; i < nFft; i++) {
      time[2 * i] = samples[i] * window[i];
      time[2 * i + 1] = 0;
    }
    fourier.forward(spectrum, time);
    for (let bin = 0; 2 * bin <= nFft; bin++) {
      const magnitude = Math.hypot(spectrum[2 * bin], spectrum[2 * bin + 1]);
      const gain = magnitude > 0 ? Math.max(0, magnitude - magnitudes[bin]) / magnitude : 0;
      const mirror = bin === 0 ? 0 : nFft - bin;
      spectrum[2 * bin] *= gain;
      spectrum[2 * bin + 1] *= gain;
      if (mirror !== bin) {
        spectrum[2 * mirror] *= gain;
        spectrum[2 * mirror + 1] *= gain;
      }
    }
    fourier.inverse(time, spectrum);
    for (let i = 0; i < nFft; i++) sum[i] += (window[i] * time[2 * i]) / WINDOWS_SQUARED;
  };

  const take = (audio: Float32Array): Float32Array => {
    const joined = new Float32Array(held.length + audio.length);
    joined.set(held);
    joined.set(audio, held.length);
    const frames = Math.max(0, Math.floor((joined.length - nFft) / hop) + 1);
    const result = new Float32Array(frames * hop);
    for (let frame = 0; frame < frames; frame++) {
      addFrame(joined.subarray(frame * hop, frame * hop + nFft));
      result.set(sum.subarray(0, hop), frame * hop);
      sum.copyWithin(0, hop);
      sum.fill(0, nFft - hop);
    }
    held = joined.slice(frames * hop);
    // What lies before the recording is nobody's.
    const before = Math.min(Math.max(0, -made), result.length);
    made += result.length;
    return result.subarray(before);
  };

  return {
    push(audio) {
      received += audio.length;
      return take(audio);
    },
    end() {
      const left = received - Math.max(0, made);
      return take(new Float32Array(left + nFft)).subarray(0, left);
    },
  };
}

/**
 * The magnitudes of the frame around the first sample, the recording mirrored before it: of what a vocoder makes of
 * an empty mel, the bias that WaveGlow's denoiser takes off.
 *
 * @param audio at least nFft / 2 + 1 samples
 * @returns nFft / 2 + 1 values
 */
export function firstFrameMagnitudes(audio: Float32Array, nFft: number): Float64Array {
  const half = nFft / 2;
  const window = hannWindow(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  for (let i = 0; i < nFft; i++) {
    time[2 * i] = window[i] * audio[mirrored(i - half, audio.length - 1)];
  }
  createFourier(nFft).forward(spectrum, time);
  return Float64Array.from({ length: half + 1 }, (_, bin) =>
    Math.hypot(spectrum[2 * bin], spectrum[2 * bin + 1]),
  );
}

function check(nFft: number, bins: number): void {
  if (!Number.isSafeInteger(nFft) || nFft < OVERLAP || nFft % OVERLAP !== 0) {
    throw new RangeError(
      `createSpectralSubtraction: nFft=${nFft} must be a multiple of ${OVERLAP}, because frames overlap by three quarters; 1024 is usual`,
    );
  }
  if (bins !== nFft / 2 + 1) {
    throw new RangeError(
      `createSpectralSubtraction: magnitudes.length=${bins} must be nFft / 2 + 1 = ${nFft / 2 + 1}, because each bin has its own; take them with the same nFft`,
    );
  }
}
