import { framePlan } from './frames.js';
import { melByFourier } from './mel-by-fourier.js';
import { melByKernel } from './mel-by-kernel.js';
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

/** Computes the rows of all frames of audio that was found fit: `data`, `[frames, numMels]`. */
export type MelRows = (audio: Float32Array, frames: number, data: Float32Array) => void;

/**
 * Plans a log-mel spectrogram. For `nFft`, powers of two are fastest, above all from 16 to 8192 where the WebAssembly
 * kernel runs.
 *
 * @throws RangeError that lists what is wrong with the options
 */
export function createMelSpectrogram(options: MelOptions): MelSpectrogram {
  checkFrameOptions('createMelSpectrogram', options);
  checkFilterbankOptions('createMelSpectrogram', options);
  const { numMels } = options;
  const plan = framePlan(options);
  const writeRows = melByKernel(options, plan) ?? melByFourier(options);
  return {
    options,
    analyze(audio) {
      const frames = plan.count(audio, 'MelSpectrogram.analyze');
      const data = new Float32Array(frames * numMels);
      writeRows(audio, frames, data);
      return { data, frames, mels: numMels };
    },
  };
}
