import { complexBuffer, createFourier } from './fourier.js';
import { framePlan, loadFramePair } from './frames.js';
import { checkFrameOptions, type FrameOptions } from './mel-options.js';

/** Complex spectra, row-major `[frames, bins]`, bins = ⌊nFft/2⌋ + 1 from 0 Hz to half the sampling rate. */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  readonly frames: number;
  readonly bins: number;
}

/** The short-time Fourier transform of one shape, and its inverse; window and tables are made once. */
export interface Stft {
  readonly options: FrameOptions;
  /**
   * Reflect-pads by (nFft − hopSize)/2 each side, then transforms ⌊samples / hopSize⌋ frames under a periodic
   * Hann window; no further centring.
   *
   * @param audio more than (nFft − hopSize)/2 finite samples
   * @throws RangeError where the audio is too short or not finite
   */
  analyze(audio: Float32Array): Spectrum;
  /**
   * The audio whose spectra come nearest to those given (least squares): windowed overlap-add, divided by the
   * sum of squared windows.
   *
   * @returns frames × hopSize samples
   * @throws RangeError where the spectrum has another number of bins
   */
  synthesize(spectrum: Spectrum): Float32Array;
}

/**
 * Plans a short-time Fourier transform.
 *
 * @throws RangeError that lists what is wrong with the options
 */
export function createStft(options: FrameOptions): Stft {
  checkFrameOptions('createStft', options);
  const { nFft, hopSize, winSize } = options;
  const bins = Math.floor(nFft / 2) + 1;
  const plan = framePlan(options);
  const { window, windowStart, padding } = plan;
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  return {
    options,
    analyze(audio) {
      const frames = plan.count(audio, 'Stft.analyze');
      const real = new Float64Array(frames * bins);
      const imaginary = new Float64Array(frames * bins);
      time.fill(0);
      for (let frame = 0; frame < frames; frame += 2) {
        const partner = Math.min(frame + 1, frames - 1);
        loadFramePair(plan, audio, frame, partner, time);
        fourier.forward(spectrum, time);
        const even = frame * bins;
        const odd = partner * bins;
        // The two frames are real and imaginary part of one transform; their symmetries separate them.
        for (let bin = 0, mirror = 0; bin < bins; bin++, mirror = nFft - bin) {
          const re = spectrum[2 * bin];
          const im = spectrum[2 * bin + 1];
          const mirrorRe = spectrum[2 * mirror];
          const mirrorIm = spectrum[2 * mirror + 1];
          real[even + bin] = (re + mirrorRe) / 2;
          imaginary[even + bin] = (im - mirrorIm) / 2;
          real[odd + bin] = (im + mirrorIm) / 2;
          imaginary[odd + bin] = (mirrorRe - re) / 2;
        }
      }
      return { real, imaginary, frames, bins };
    },
    synthesize({ real, imaginary, frames, bins: given }) {
      if (given !== bins || real.length !== frames * bins || imaginary.length !== real.length) {
        throw new RangeError(
          `Stft.synthesize: spectrum.bins=${given} must be ${bins} with ${frames}·bins values, because nFft=${nFft}; use the options it was made with`,
        );
      }
      const sum = new Float64Array(frames * hopSize);
      const weight = new Float64Array(frames * hopSize);
      for (let frame = 0; frame < frames; frame += 2) {
        const pair = frame + 1 < frames;
        const even = frame * bins;
        const odd = even + bins;
        // even + i·odd, with the mirror image of both, comes back as two real frames.
        for (let bin = 0; bin < bins; bin++) {
          const edge = bin === 0 || 2 * bin === nFft;
          const aRe = real[even + bin];
          const aIm = edge ? 0 : imaginary[even + bin];
          const bRe = pair ? real[odd + bin] : 0;
          const bIm = pair && !edge ? imaginary[odd + bin] : 0;
          const mirror = bin === 0 ? 0 : nFft - bin;
          spectrum[2 * mirror] = aRe + bIm;
          spectrum[2 * mirror + 1] = bRe - aIm;
          spectrum[2 * bin] = aRe - bIm;
          spectrum[2 * bin + 1] = aIm + bRe;
        }
        fourier.inverse(time, spectrum);
        for (let part = 0; part < (pair ? 2 : 1); part++) {
          const start = (frame + part) * hopSize - padding + windowStart;
          const from = Math.max(0, -start);
          const to = Math.min(winSize, sum.length - start);
          for (let i = from; i < to; i++) {
            sum[start + i] += window[i] * time[2 * (windowStart + i) + part];
            weight[start + i] += window[i] * window[i];
          }
        }
      }
      return Float32Array.from(sum, (value, i) => (weight[i] > 1e-10 ? value / weight[i] : 0));
    },
  };
}

/** One spectrogram with a plan of its own; {@link createStft} keeps the plan for many. */
export function stft(audio: Float32Array, options: FrameOptions): Spectrum {
  return createStft(options).analyze(audio);
}
