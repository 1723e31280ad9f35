import { checkSamples } from '../check-samples.js';
import { complexBuffer, createFourier } from '../fourier.js';
import { framePlan, loadFramePair } from '../frames.js';
import { checkFrameOptions } from '../mel-options.js';
import { createMelSpectrogram, type Mel } from '../mel-spectrogram.js';
import { melLevels } from './mel-levels.js';
import type { MelProfile, MelStatistics } from './mel-profile.js';
import { bandSum, profileFilterbank } from './profile-filterbank.js';
import { isNative } from './same-mel.js';

/** Makes mels in a convention. */
export interface ProfileAnalysis {
  readonly profile: MelProfile;
  /**
   * @param audio samples in [−1, 1] at the profile's rate, more than half a transform of them
   * @returns `[frames, mels]` in the numbers of the profile, computed in float64
   * @throws RangeError where the audio is too short or not finite, TypeError where it is none
   */
  analyze(audio: Float32Array): Mel;
}

/**
 * Plans mels in a convention. Ends are mirrored, as most do; librosa ≥ 0.10 pads `melspectrogram` with zeros, and
 * NeMo's window is not periodic: differences of the outermost frames, and of 0.1%.
 *
 * @param statistics of profiles that are normalised by some
 * @throws RangeError where the profile cannot be computed
 */
export function createProfileAnalysis(
  profile: MelProfile,
  statistics?: MelStatistics,
): ProfileAnalysis {
  const where = 'createProfileAnalysis';
  const { samplingRate, fftSize, hopSize, windowSize, mels, fmin, fmax } = profile;
  const frameOptions = { nFft: fftSize, hopSize, winSize: windowSize };
  if (isNative(profile)) {
    const spectrogram = createMelSpectrogram({
      ...frameOptions,
      samplingRate,
      numMels: mels,
      fmin,
      fmax,
    });
    return { profile, analyze: spectrogram.analyze };
  }
  const centred = profile.framing === 'centred';
  // Centred frames lie the same for any parity; others are mirrored by half of what is left over.
  const spare = centred ? (fftSize - hopSize) % 2 : 0;
  checkFrameOptions(where, { ...frameOptions, hopSize: hopSize + spare });
  const base = framePlan(frameOptions, 0.5);
  const plan = centred ? { ...base, padding: fftSize >> 1 } : base;
  const bank = profileFilterbank(profile);
  const levels = melLevels(profile, where, statistics);
  const fourier = createFourier(fftSize);
  const time = complexBuffer(fftSize);
  const spectrum = complexBuffer(fftSize + 1);
  const rows = [new Float64Array(bank.bins), new Float64Array(bank.bins)];
  const measure = profile.magnitude === 'power' ? (power: number) => power : Math.sqrt;
  const guard = profile.guard ?? 0;
  return {
    profile,
    analyze(audio) {
      checkSamples('ProfileAnalysis.analyze', 'audio', audio);
      const emphasised = preemphasise(audio, profile.preemphasis ?? 0);
      // Checks length and values.
      const whole = plan.count(emphasised, 'ProfileAnalysis.analyze');
      const frames = centred ? whole + 1 : whole;
      const data = new Float32Array(frames * mels);
      time.fill(0);
      for (let frame = 0; frame < frames; frame += 2) {
        const partner = Math.min(frame + 1, frames - 1);
        loadFramePair(plan, emphasised, frame, partner, time);
        fourier.forward(spectrum, time);
        spectrum[2 * fftSize] = spectrum[0];
        spectrum[2 * fftSize + 1] = spectrum[1];
        // Two frames went through one transform; their symmetries separate them. The window was halved for it.
        for (let bin = 0; bin < bank.bins; bin++) {
          const mirror = fftSize - bin;
          const a = spectrum[2 * bin] + spectrum[2 * mirror];
          const b = spectrum[2 * bin + 1] - spectrum[2 * mirror + 1];
          const c = spectrum[2 * bin + 1] + spectrum[2 * mirror + 1];
          const d = spectrum[2 * mirror] - spectrum[2 * bin];
          rows[0][bin] = measure(a * a + b * b + guard);
          rows[1][bin] = measure(c * c + d * d + guard);
        }
        for (const [index, at] of [frame, partner].entries()) {
          for (let band = 0; band < mels; band++) {
            const level = Math.log(bandSum(bank, band, rows[index]));
            data[at * mels + band] = levels.fromLevel(level, band);
          }
        }
      }
      if (profile.normalisation?.kind === 'peak') againstLoudest(data, profile.normalisation.range);
      return { data, frames, mels };
    },
  };
}

function preemphasise(audio: Float32Array, amount: number): Float32Array {
  if (amount === 0) return audio;
  return audio.map((value, at) => (at === 0 ? value : value - amount * audio[at - 1]));
}

function againstLoudest(data: Float32Array, range: number): void {
  const top = data.reduce((high, value) => Math.max(high, value), Number.NEGATIVE_INFINITY);
  for (let at = 0; at < data.length; at++) data[at] = Math.max(data[at] - top, -range);
}
