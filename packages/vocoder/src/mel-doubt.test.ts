import { readdirSync, readFileSync } from 'node:fs';
import {
  createMelSpectrogram,
  createProfileAnalysis,
  createResampler,
  melOptions,
  melProfiles,
  readWav,
  toMono,
} from '@hifigan/audio';
import { presets } from '@hifigan/config';
import { describe, expect, it } from 'vitest';
import { melDoubt } from './mel-doubt.js';

const SAMPLES = new URL('../../../samples/', import.meta.url);

describe('melDoubt', () => {
  it('doubts decibels and magnitudes, not natural logarithms', () => {
    const doubt = (...values: number[]) =>
      melDoubt({ data: Float32Array.from(values), frames: 1, mels: values.length });
    expect(doubt(-11.513, 1.9)).toBeUndefined();
    expect(doubt(-80, 0)).toMatch(
      /values from -80\.00 to 0\.00 do not look like natural logarithms/,
    );
    expect(doubt(0, 0.7)).toBeDefined();
    expect(doubt(-4, 40)).toBeDefined();
  });

  it('notices base 10, and takes no natural logarithms for it, however quiet or noisy', () => {
    const { analyze } = createMelSpectrogram(melOptions(presets.v1));
    const resampler = createResampler(16000, 22050);
    const names = readdirSync(SAMPLES).filter((file) => file.endsWith('.wav'));
    for (const name of names.filter((_, index) => index % 4 === 0)) {
      const { channels } = readWav(readFileSync(new URL(name, SAMPLES)));
      const audio = resampler.resample(toMono(channels));
      let state = 1;
      const random = () => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32 - 0.5;
      };
      for (const [gain, noise] of [
        [1, 0],
        [0.1, 0],
        [0.01, 0],
        [1, 0.01],
        [1, 0.03],
      ]) {
        const mel = analyze(audio.map((value) => gain * value + noise * random()));
        expect(melDoubt(mel), `${name} × ${gain}, noise ${noise}`).toBeUndefined();
        if (noise > 0) continue;
        const data = mel.data.map((value) => value / Math.LN10);
        expect(melDoubt({ ...mel, data }), `${name} × ${gain}`).toMatch(/base 10/);
      }
    }
  });

  it('takes the mel of a model of base 10 for what it wants, and doubts HiFi-GAN’s there', () => {
    const { profile } = melProfiles.find(({ name }) => name === 'espnet')!;
    const speech = toMono(readWav(readFileSync(new URL('en-vm-review.wav', SAMPLES))).channels);
    const audio = createResampler(16000, profile.samplingRate).resample(speech.subarray(0, 64000));
    const own = createProfileAnalysis(profile).analyze(audio);
    expect(melDoubt(own, profile)).toBeUndefined();
    expect(melDoubt(own)).toMatch(
      /look like logarithms of base 10 .*natural logarithms are needed/,
    );
    const natural = createMelSpectrogram(melOptions(presets.v1)).analyze(audio);
    expect(melDoubt(natural, profile)).toMatch(
      /look like natural logarithms .*where logarithms of base 10 are needed/,
    );
  });
});
