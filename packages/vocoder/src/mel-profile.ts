import type { HifiGanConfig } from '@hifigan/config';

/** What the numbers of a mel spectrogram are, as a bundle states it: plain data. */
export interface MelProfile {
  /** Hz. */
  readonly samplingRate: number;
  /** Samples of the Fourier transform. */
  readonly fftSize: number;
  /** Samples from one frame to the next. */
  readonly hopSize: number;
  /** Samples of the Hann window. */
  readonly windowSize: number;
  /** Lower edge of the first band, Hz. */
  readonly fmin: number;
  /** Upper edge of the last band, Hz. */
  readonly fmax: number;
  /** Bands. */
  readonly mels: number;
  readonly filterbank: 'slaney' | 'htk';
  readonly magnitude: 'amplitude' | 'power';
  readonly log: 'natural' | 'log10' | 'decibel';
  /** Least magnitude, before the logarithm. */
  readonly floor: number;
}

/** The mel that a generator of this configuration was trained on, as HiFi-GAN computes it. */
export function profileOf(config: HifiGanConfig): MelProfile {
  return {
    samplingRate: config.sampling_rate,
    fftSize: config.n_fft,
    hopSize: config.hop_size,
    windowSize: config.win_size,
    fmin: config.fmin,
    fmax: config.fmax ?? config.sampling_rate / 2,
    mels: config.num_mels,
    filterbank: 'slaney',
    magnitude: 'amplitude',
    log: 'natural',
    floor: 1e-5,
  };
}
