import { expectClose, golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { hannWindow } from './hann-window.js';
import type { MelConfig } from './mel-options.js';
import { reflectPad } from './reflect-pad.js';
import { createStft, stft } from './stft.js';

function noise(length: number): Float32Array {
  return Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(n * n + n));
}

describe('stft', () => {
  it.each(['mel-22050', 'mel-22050-win800'])('has the magnitudes of %s', (name) => {
    const file = golden(import.meta.url, `fixtures/${name}.safetensors`);
    const config = JSON.parse(file.metadata.options) as MelConfig;
    const { real, imaginary, frames, bins } = stft(file.array('audio').data as Float32Array, {
      nFft: config.n_fft,
      hopSize: config.hop_size,
      winSize: config.win_size,
    });
    expect([frames, bins]).toEqual(file.array('magnitude').shape);
    const magnitude = real.map((re, i) => Math.sqrt(re * re + imaginary[i] ** 2 + 1e-9));
    expectClose(magnitude, file.array('magnitude').data, { max: 1e-10 });
  });

  it.each([
    { nFft: 32, hopSize: 8, winSize: 32 },
    { nFft: 32, hopSize: 8, winSize: 20 },
    { nFft: 30, hopSize: 10, winSize: 30 },
    { nFft: 33, hopSize: 11, winSize: 33 },
  ])('is the definition: %o', (options) => {
    const { nFft, hopSize, winSize } = options;
    for (const samples of [40, 57]) {
      const padded = reflectPad(noise(samples), (nFft - hopSize) / 2);
      const window = hannWindow(winSize);
      const { real, imaginary, frames, bins } = stft(noise(samples), options);
      const left = Math.floor((nFft - winSize) / 2);
      for (let frame = 0; frame < frames; frame++) {
        for (let bin = 0; bin < bins; bin++) {
          let re = 0;
          let im = 0;
          for (let n = 0; n < winSize; n++) {
            const value = padded[frame * hopSize + left + n] * window[n];
            re += value * Math.cos((2 * Math.PI * bin * (left + n)) / nFft);
            im -= value * Math.sin((2 * Math.PI * bin * (left + n)) / nFft);
          }
          expect(Math.abs(real[frame * bins + bin] - re)).toBeLessThan(1e-12);
          expect(Math.abs(imaginary[frame * bins + bin] - im)).toBeLessThan(1e-12);
        }
      }
    }
  });

  it.each([
    { nFft: 64, hopSize: 16, winSize: 64 },
    { nFft: 64, hopSize: 16, winSize: 50 },
    { nFft: 60, hopSize: 20, winSize: 60 },
    { nFft: 33, hopSize: 11, winSize: 33 },
    { nFft: 1024, hopSize: 256, winSize: 1024 },
  ])('comes back: %o', (options) => {
    for (const frames of [100, 101]) {
      const audio = noise(frames * options.hopSize);
      const plan = createStft(options);
      expectClose(plan.synthesize(plan.analyze(audio)), audio, { max: 1e-6 });
    }
  });

  it('adds windowed frames and divides by the squared windows, term by term', () => {
    const plan = createStft({ nFft: 16, hopSize: 4, winSize: 12 });
    const { real, imaginary, frames, bins } = plan.analyze(noise(36));
    real.forEach((_, i) => {
      real[i] *= 1 + Math.sin(i);
      imaginary[i] += 0.1;
    });
    const window = hannWindow(12);
    const sum = new Float64Array(36);
    const weight = new Float64Array(36);
    for (let frame = 0; frame < frames; frame++) {
      for (let n = 0; n < 12; n++) {
        const at = frame * 4 - 6 + 2 + n;
        if (at < 0 || at >= 36) continue;
        let value = 0;
        for (let k = 0; k < bins; k++) {
          const angle = (2 * Math.PI * k * (2 + n)) / 16;
          // The bins between the edges stand for their mirror images as well.
          const times = k === 0 || k === 8 ? 1 : 2;
          const edge = times === 1 ? 0 : imaginary[frame * bins + k];
          value +=
            (times * (real[frame * bins + k] * Math.cos(angle) - edge * Math.sin(angle))) / 16;
        }
        sum[at] += window[n] * value;
        weight[at] += window[n] ** 2;
      }
    }
    const audio = plan.synthesize({ real, imaginary, frames, bins });
    expectClose(
      audio,
      sum.map((value, i) => value / weight[i]),
      { max: 1e-6 },
    );
  });

  it('refuses spectra of another shape', () => {
    const plan = createStft({ nFft: 64, hopSize: 16, winSize: 64 });
    const spectrum = stft(noise(640), { nFft: 32, hopSize: 16, winSize: 32 });
    expect(() => plan.synthesize(spectrum)).toThrow(/spectrum.bins=17 must be 33/);
  });
});
