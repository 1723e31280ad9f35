import { expectClose, golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { griffinLim, invertMel } from './griffin-lim.js';
import { melFilterbank } from './mel-filterbank.js';
import { type MelConfig, melOptions } from './mel-options.js';
import { createMelSpectrogram } from './mel-spectrogram.js';

const file = golden(import.meta.url, 'fixtures/mel-22050.safetensors');
const options = melOptions(JSON.parse(file.metadata.options) as MelConfig);
const features = createMelSpectrogram(options);
const audio = (file.array('audio').data as Float32Array).subarray(0, 8192);
const mel = features.analyze(audio);

function melError(estimate: Float32Array): number {
  const { data } = features.analyze(estimate);
  return data.reduce((sum, value, i) => sum + Math.abs(value - mel.data[i]), 0) / data.length;
}

describe('invertMel', () => {
  it('finds magnitudes, none negative, whose bands are those given', () => {
    const magnitude = invertMel(mel, options);
    const bank = melFilterbank(options);
    expect(magnitude.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    const bands = mel.data.map((_, i) => {
      const [frame, band] = [Math.floor(i / 80), i % 80];
      let sum = 0;
      for (let bin = 0; bin < 513; bin++)
        sum += bank[band * 513 + bin] * magnitude[frame * 513 + bin];
      return Math.log(Math.max(sum, 1e-5));
    });
    expectClose(bands, mel.data, { mean: 0.02 });
  });
});

describe('griffinLim', () => {
  it('makes audio whose mel is near, nearer with each round', () => {
    const errors = [0, 4, 30].map((iterations) =>
      melError(griffinLim(mel, { ...options, iterations })),
    );
    expect(errors[1]).toBeLessThan(errors[0]);
    expect(errors[2]).toBeLessThan(errors[1]);
    expect(errors[2]).toBeLessThan(0.35);
  });

  it('returns frames × hop finite samples, the same each time', () => {
    const first = griffinLim(mel, { ...options, iterations: 2 });
    expect(first.length).toBe(8192);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(griffinLim(mel, { ...options, iterations: 2 })).toEqual(first);
    const other = griffinLim(mel, { ...options, iterations: 2, random: Math.random });
    expect(other).not.toEqual(first);
  });

  it('takes phases of a recording: the true ones are nearer at once than random ones ever come', () => {
    const distance = (estimate: Float32Array) =>
      estimate.reduce((sum, value, i) => sum + (value - audio[i]) ** 2, 0) /
      audio.reduce((sum, value) => sum + value ** 2, 0);
    const iterations = 0;
    const limit = griffinLim(mel, { ...options, iterations, phases: audio });
    expect(distance(limit)).toBeLessThan(0.1);
    expect(distance(griffinLim(mel, { ...options, iterations: 30 }))).toBeGreaterThan(0.5);
    const scaled = griffinLim(mel, { ...options, iterations, phases: audio.map((x) => 3 * x) });
    expectClose(scaled, limit, { max: 1e-6 });
    const phases = audio.subarray(0, 4096);
    expect(() => griffinLim(mel, { ...options, phases })).toThrow(
      /phases.length=4096 makes 16 frames and must make mel.frames=32/,
    );
  });

  it('runs without momentum, as Griffin and Lim did', () => {
    const plain = (iterations: number) =>
      melError(griffinLim(mel, { ...options, iterations, momentum: 0 }));
    expect(plain(8)).toBeLessThan(plain(0));
  });

  it('turns silence into silence', () => {
    const silence = { data: new Float32Array(800).fill(Math.log(1e-5)), frames: 10, mels: 80 };
    const quiet = griffinLim(silence, { ...options, iterations: 3 });
    expect(Math.max(...quiet.map(Math.abs))).toBeLessThan(1e-4);
  });

  it('refuses mels of another shape, and nonsense', () => {
    const swapped = { data: mel.data, frames: 80, mels: mel.frames };
    expect(() => griffinLim(swapped, options)).toThrow(
      /mel.mels=32 must be numMels=80.*swap the axes/,
    );
    expect(() => griffinLim({ ...mel, frames: 31 }, options)).toThrow(/31·mels values/);
    const nan = { ...mel, data: mel.data.map((value, i) => (i === 5 ? Number.NaN : value)) };
    expect(() => griffinLim(nan, options)).toThrow(/must be finite/);
    expect(() => griffinLim(mel, { ...options, momentum: 1 })).toThrow(/momentum=1/);
    expect(() => griffinLim(mel, { ...options, iterations: -1 })).toThrow(/iterations=-1/);
  });
});
