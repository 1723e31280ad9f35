import { complexBuffer, createFourier } from '@hifigan/audio';

/**
 * Power spectra |X|² of windowed frames, `[frames, bins]` with bins = nFft/2 + 1, in float64. Samples before the
 * signal's start and after its end count as zero.
 */
export interface PowerSpectrum {
  readonly bins: number;
  /**
   * @param first sample of the first frame, may be negative
   * @param hopSize samples from one frame to the next
   */
  analyze(signal: ArrayLike<number>, first: number, hopSize: number, frames: number): Float64Array;
}

/**
 * Plans power spectra. The window may be shorter than the transform; zeros follow it, which leaves the power as it is.
 *
 * @param nFft an even number, at least the window's length
 */
export function createPowerSpectrum(nFft: number, window: Float64Array): PowerSpectrum {
  const bins = nFft / 2 + 1;
  const fourier = createFourier(nFft);
  const time = complexBuffer(nFft);
  const spectrum = complexBuffer(nFft);
  /** @returns whether the frame has sound */
  const load = (signal: ArrayLike<number>, start: number, part: 0 | 1): boolean => {
    let sounds = false;
    for (let i = 0; i < window.length; i++) {
      const at = start + i;
      const value = at >= 0 && at < signal.length ? signal[at] * window[i] : 0;
      time[2 * i + part] = value;
      sounds ||= value !== 0;
    }
    return sounds;
  };
  return {
    bins,
    analyze(signal, first, hopSize, frames) {
      const power = new Float64Array(frames * bins);
      for (let frame = 0; frame < frames; frame += 2) {
        const partner = Math.min(frame + 1, frames - 1);
        const sounds = load(signal, first + frame * hopSize, 0);
        const partnerSounds = load(signal, first + partner * hopSize, 1);
        fourier.forward(spectrum, time);
        // The two frames are real and imaginary part of one transform; their symmetries separate them.
        for (let bin = 0, mirror = 0; bin < bins; bin++, mirror = nFft - bin) {
          const re = spectrum[2 * bin];
          const im = spectrum[2 * bin + 1];
          const mirrorRe = spectrum[2 * mirror];
          const mirrorIm = spectrum[2 * mirror + 1];
          power[frame * bins + bin] = ((re + mirrorRe) ** 2 + (im - mirrorIm) ** 2) / 4;
          power[partner * bins + bin] = ((im + mirrorIm) ** 2 + (mirrorRe - re) ** 2) / 4;
        }
        // Rounding leaves a trace of one frame in the other; what scales by the power would make sound of silence.
        if (!sounds) power.fill(0, frame * bins, (frame + 1) * bins);
        if (!partnerSounds) power.fill(0, partner * bins, (partner + 1) * bins);
      }
      return power;
    },
  };
}
