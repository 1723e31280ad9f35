import { expectClose, golden } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { hannWindow } from './hann-window.js';
import { melFilterbank } from './mel-filterbank.js';
import { type MelConfig, type MelOptions, melOptions } from './mel-options.js';
import { createMelSpectrogram as withKernel } from './mel-spectrogram.js';
import { reflectPad } from './reflect-pad.js';

const options: MelOptions = {
  samplingRate: 22050,
  nFft: 1024,
  hopSize: 256,
  winSize: 1024,
  numMels: 80,
  fmin: 0,
  fmax: 8000,
};
const small: MelOptions = { ...options, nFft: 64, hopSize: 16, winSize: 64, numMels: 8 };

function noise(length: number, seed = 1): Float32Array {
  return Float32Array.from({ length }, (_, n) => 0.5 * Math.sin(seed * n * n + n));
}

/** The definition, term by term, in float64. */
function naive(audio: Float32Array, given: MelOptions): number[] {
  const { nFft, hopSize, winSize, numMels } = given;
  const padded = reflectPad(audio, (nFft - hopSize) / 2);
  const window = new Float64Array(nFft);
  window.set(hannWindow(winSize), Math.floor((nFft - winSize) / 2));
  const bank = melFilterbank(given);
  const bins = Math.floor(nFft / 2) + 1;
  const result: number[] = [];
  for (let start = 0; start + nFft <= padded.length; start += hopSize) {
    const magnitudes = Array.from({ length: bins }, (_, k) => {
      let re = 0;
      let im = 0;
      for (let n = 0; n < nFft; n++) {
        const angle = (-2 * Math.PI * ((k * n) % nFft)) / nFft;
        re += padded[start + n] * window[n] * Math.cos(angle);
        im += padded[start + n] * window[n] * Math.sin(angle);
      }
      return Math.sqrt(re * re + im * im + 1e-9);
    });
    for (let band = 0; band < numMels; band++) {
      const sum = magnitudes.reduce((total, m, k) => total + m * bank[band * bins + k], 0);
      result.push(Math.log(Math.max(sum, 1e-5)));
    }
  }
  return result;
}

/** The same module on a host without WebAssembly. */
async function onBareHost(): Promise<typeof withKernel> {
  vi.resetModules();
  vi.stubGlobal('WebAssembly', undefined);
  const { createMelSpectrogram } = await import('./mel-spectrogram.js');
  // It looks once, here.
  createMelSpectrogram(small);
  vi.unstubAllGlobals();
  return createMelSpectrogram;
}

const ways: [string, typeof withKernel][] = [
  ['WebAssembly', withKernel],
  ['fft.js', await onBareHost()],
];

describe.each(ways)('by %s', (_way, createMelSpectrogram) => {
  describe('the log-mel spectrogram against goldens', () => {
    it.each(['mel-22050', 'mel-22050-full-band', 'mel-22050-win800', 'mel-44100'])('%s', (name) => {
      const file = golden(import.meta.url, `fixtures/${name}.safetensors`);
      const config = JSON.parse(file.metadata.options) as MelConfig;
      const audio = file.array('audio').data as Float32Array;
      const mel = createMelSpectrogram(melOptions(config)).analyze(audio);
      expect([mel.frames, mel.mels]).toEqual(file.array('log_mel').shape);
      // Float32 alone allows 5e-7 at −11.5; the aim is 1e-5.
      expectClose(mel.data, file.array('log_mel').data, { max: 1e-6 }, `${name} (float64)`);
      for (const judge of ['librosa', 'torch', 'torchaudio']) {
        expectClose(mel.data, file.array(`log_mel/${judge}`).data, { max: 1e-3 }, judge);
      }
    });
  });

  describe('the log-mel spectrogram', () => {
    it.each([
      ['a power of two', small],
      ['a short window', { ...small, winSize: 48 }],
      ['an odd window', { ...small, winSize: 33 }],
      ['a length that is no power of two', { ...small, nFft: 60, hopSize: 20, winSize: 60 }],
      ['an odd length', { ...small, nFft: 33, hopSize: 11, winSize: 33 }],
      ['hop as long as the frame', { ...small, hopSize: 64 }],
      ['all frequencies', { ...small, fmax: null, fmin: 100 }],
    ])('is the definition: %s', (_, given) => {
      for (const samples of [49, 100, 113, 128]) {
        const mel = createMelSpectrogram(given).analyze(noise(samples));
        expectClose(mel.data, naive(noise(samples), given), { max: 1e-6 });
      }
    });

    it('has ⌊samples / hop⌋ frames for any length over the padding', () => {
      const features = createMelSpectrogram(options);
      fc.assert(
        fc.property(fc.integer({ min: 385, max: 9000 }), (samples) => {
          expect(features.analyze(noise(samples)).frames).toBe(Math.floor(samples / 256));
        }),
        { numRuns: 30 },
      );
    });

    it('gives each frame the same values whether its partner is there or not', () => {
      const features = createMelSpectrogram(small);
      // Frames two and more hops before the end see the same samples in both.
      const even = features.analyze(noise(16 * 20));
      const odd = features.analyze(noise(16 * 21));
      const same = 8 * 16;
      expectClose(even.data.subarray(0, same), odd.data.subarray(0, same), { max: 1e-6 });
    });

    it('keeps nothing from one call to the next', () => {
      const features = createMelSpectrogram(small);
      const first = features.analyze(noise(500));
      const copy = first.data.slice();
      features.analyze(noise(333, 7));
      expect(first.data).toEqual(copy);
      expect(features.analyze(noise(500)).data).toEqual(copy);
    });

    it('reads a part of a larger buffer', () => {
      const whole = noise(1000);
      const part = whole.subarray(200, 700);
      const features = createMelSpectrogram(small);
      expect(features.analyze(part)).toEqual(features.analyze(part.slice()));
    });

    it('calls silence ln 1e-5, and a doubled amplitude ln 2 more', () => {
      const features = createMelSpectrogram(options);
      const silence = features.analyze(new Float32Array(2560));
      expectClose(silence.data, new Array(800).fill(Math.log(1e-5)), { max: 1e-6 });
      const quiet = noise(2560);
      const loud = quiet.map((value) => 2 * value);
      const difference = features
        .analyze(loud)
        .data.map((v, i) => v - features.analyze(quiet).data[i]);
      expectClose(difference, new Array(800).fill(Math.LN2), { max: 1e-5 });
    });

    it('does not let a loud frame spill into its silent partner', () => {
      // Two frames share one transform; what leaks is the rounding of the loud one.
      const audio = new Float32Array(512 * 4);
      audio.fill(1, 0, 512);
      const given = { ...options, nFft: 512, hopSize: 512, winSize: 512 };
      const { data } = createMelSpectrogram(given).analyze(audio);
      expectClose(data.subarray(80, 160), new Array(80).fill(Math.log(1e-5)), { max: 1e-6 });
    });

    it('can be shorter than a hop', () => {
      const mel = createMelSpectrogram({ ...small, hopSize: 64 }).analyze(noise(5));
      expect(mel).toEqual({ data: new Float32Array(0), frames: 0, mels: 8 });
    });

    it('refuses what it cannot analyse', () => {
      const features = createMelSpectrogram(options);
      expect(() => features.analyze(new Float32Array(384))).toThrow(
        /MelSpectrogram.analyze: audio.length=384 must be over 384/,
      );
      for (const [bad, at] of [
        [Number.NaN, 700],
        [Number.POSITIVE_INFINITY, 0],
        [Number.NEGATIVE_INFINITY, 1023],
      ]) {
        const audio = noise(1024);
        audio[at] = bad;
        expect(() => features.analyze(audio)).toThrow(`audio[${at}]=${bad} must be finite`);
      }
    });

    it('lists what is wrong with the options', () => {
      expect(() => createMelSpectrogram({ ...options, winSize: 2048 })).toThrow(/winSize=2048/);
      expect(() => createMelSpectrogram({ ...options, hopSize: 255 })).toThrow(/must be even/);
      expect(() => createMelSpectrogram({ ...options, hopSize: 0 })).toThrow(/hopSize=0/);
      expect(() => createMelSpectrogram({ ...options, numMels: 2.5 })).toThrow(/numMels=2.5/);
    });
  });
});
