import { fastLog } from './fast-log.js';
import { complexBuffer, createFourier } from './fourier.js';
import { framePlan, loadFramePair } from './frames.js';
import { melFilterbank, sparseFilterbank } from './mel-filterbank.js';
import { checkFilterbankOptions, checkFrameOptions, type MelOptions } from './mel-options.js';

/** Natural-log mel magnitudes, row-major `[frames, mels]`. */
export interface Mel {
  readonly data: Float32Array;
  readonly frames: number;
  readonly mels: number;
}

/** Turns audio into log-mel spectrograms; window, transform and filterbank are made once. */
export interface MelSpectrogram {
  readonly options: MelOptions;
  /**
   * The log-mel spectrogram that HiFi-GAN is conditioned on: reflect padding of (nFft − hopSize)/2 each side,
   * periodic Hann window, magnitude √(re² + im² + 1e-9), Slaney mel bands, `ln(max(x, 1e-5))`.
   *
   * @param audio samples in [−1, 1] at `samplingRate`, more than (nFft − hopSize)/2 of them
   * @returns ⌊samples / hopSize⌋ frames; values from −11.5 (silence) to about 2. Computed in float64.
   * @throws RangeError where the audio is too short, or holds NaN or infinity
   */
  analyze(audio: Float32Array): Mel;
}

/** Smallest mel magnitude; its logarithm stands for silence. */
const FLOOR = 1e-5;

/**
 * Plans a log-mel spectrogram.
 *
 * @throws RangeError that lists what is wrong with the options
 */
export function createMelSpectrogram(options: MelOptions): MelSpectrogram {
  checkFrameOptions('createMelSpectrogram', options);
  checkFilterbankOptions('createMelSpectrogram', options);
  const { nFft, numMels } = options;
  // Half the window: separating the two spectra would halve each value.
  const plan = framePlan(options, 0.5);
  const { first, offset, weights, usedBins } = sparseFilterbank(melFilterbank(options), numMels);
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  const evenMagnitude = new Float64Array(usedBins);
  const oddMagnitude = new Float64Array(usedBins);

  // Two frames go through one complex transform as its real and imaginary part.
  const magnitudes = (): void => {
    for (let bin = 0, mirror = 0; bin < usedBins; bin++, mirror = nFft - bin) {
      const re = spectrum[2 * bin];
      const im = spectrum[2 * bin + 1];
      const mirrorRe = spectrum[2 * mirror];
      const mirrorIm = spectrum[2 * mirror + 1];
      const evenRe = re + mirrorRe;
      const evenIm = im - mirrorIm;
      const oddRe = im + mirrorIm;
      const oddIm = mirrorRe - re;
      evenMagnitude[bin] = Math.sqrt(evenRe * evenRe + evenIm * evenIm + 1e-9);
      oddMagnitude[bin] = Math.sqrt(oddRe * oddRe + oddIm * oddIm + 1e-9);
    }
  };

  const bands = (data: Float32Array, evenRow: number, oddRow: number): void => {
    for (let band = 0; band < numMels; band++) {
      const end = offset[band + 1];
      let even = 0;
      let odd = 0;
      for (let at = offset[band], bin = first[band]; at < end; at++, bin++) {
        even += weights[at] * evenMagnitude[bin];
        odd += weights[at] * oddMagnitude[bin];
      }
      data[evenRow + band] = fastLog(Math.max(even, FLOOR));
      data[oddRow + band] = fastLog(Math.max(odd, FLOOR));
    }
  };

  return {
    options,
    analyze(audio) {
      const frames = plan.count(audio, 'MelSpectrogram.analyze');
      const data = new Float32Array(frames * numMels);
      for (let frame = 0; frame < frames; frame += 2) {
        // An odd last frame is its own partner: computed twice, written once.
        const partner = Math.min(frame + 1, frames - 1);
        loadFramePair(plan, audio, frame, partner, time);
        fourier.forward(spectrum, time);
        magnitudes();
        bands(data, frame * numMels, partner * numMels);
      }
      return { data, frames, mels: numMels };
    },
  };
}
