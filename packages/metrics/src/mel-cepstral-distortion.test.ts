import { type MelConfig, melOptions } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { melCepstralDistortion } from './mel-cepstral-distortion.js';
import { melCepstrum } from './mel-cepstrum.js';
import { buzz, measures, PAIRS, RATE, RECORDINGS, recording, spoilt } from './testing.js';
import { alignInTime } from './time-alignment.js';

const mel = { ...melOptions(JSON.parse(measures.metadata.mel) as MelConfig), fmax: null };
const [FIRST] = RECORDINGS;

describe('melCepstralDistortion', () => {
  it.each(PAIRS)("of %s, %s, is scipy's, and along librosa's path", (file, copy) => {
    const [x, y] = [recording(file), spoilt(file, copy)];
    const ours = [false, true].map((align) => melCepstralDistortion(x, y, { mel, align }));
    // Our mel is float32.
    expectClose(ours, measures.array(`${file}/${copy}/mcd`).data, { relative: 1e-5 }, copy);
  });

  it('is 0 of the reference, whatever its gain', () => {
    const noise = Float32Array.from({ length: 8000 }, (_, n) => Math.sin(n * n * 0.7));
    for (const gain of [1, 0.3]) {
      const other = noise.map((value) => value * gain);
      const found = melCepstralDistortion(noise, other, { mel });
      expect(found, `gain ${gain}`).toBeLessThan(1e-3);
    }
  });

  it('forgives stretched time where it is aligned', () => {
    const tones = (rate: number) => buzz((second) => (second * rate < 0.5 ? 120 : 320), 1 / rate);
    const [short, long] = [tones(1), tones(0.8)];
    expect(() => melCepstralDistortion(short, long, { mel })).toThrow(/cut both to the shorter/);
    const aligned = melCepstralDistortion(short, long, { mel, align: true });
    const speech = recording(FIRST);
    const far = melCepstralDistortion(speech.subarray(0, RATE), long, { mel, align: true });
    expect(aligned).toBeLessThan(far / 3);
    const shifted = [speech.subarray(4000, 36_000), speech.subarray(4800, 36_800)] as const;
    const straight = melCepstralDistortion(...shifted, { mel });
    expect(melCepstralDistortion(...shifted, { mel, align: true })).toBeLessThan(straight / 2);
  });

  it('of silence is finite', () => {
    const tone = buzz(() => 150, 0.5);
    const silence = new Float32Array(tone.length);
    expect(melCepstralDistortion(silence, silence, { mel })).toBeLessThan(1e-9);
    expect(melCepstralDistortion(silence, tone, { mel, align: true })).toBeGreaterThan(1);
  });

  it('refuses what it cannot compare', () => {
    const tone = buzz(() => 150, 0.5);
    const broken = tone.slice();
    broken[9] = Number.NaN;
    const none = undefined as unknown as { mel: typeof mel };
    expect(() => melCepstralDistortion(tone, tone, none)).toThrow(/options=undefined must be/);
    expect(() => melCepstralDistortion(tone, tone, mel as unknown as typeof none)).toThrow(
      /mel=undefined must be the options of a mel spectrogram/,
    );
    expect(() => melCepstralDistortion(tone, broken, { mel, align: true })).toThrow(/\[9\]=NaN/);
    for (const coefficients of [0, 80, 1.5, Number.NaN]) {
      expect(() => melCepstralDistortion(tone, tone, { mel, coefficients })).toThrow(/1 to 79/);
    }
  });
});

describe('melCepstrum', () => {
  it('gives the amplitudes of cosines over the bands, and no level', () => {
    const mels = 40;
    const ripple = (m: number) =>
      -3 +
      0.7 * Math.cos((2 * Math.PI * (m + 0.5)) / mels) -
      0.2 * Math.cos((5 * Math.PI * (m + 0.5)) / mels);
    const data = Float32Array.from({ length: 2 * mels }, (_, i) => (i < mels ? ripple(i) : -11));
    const { data: found } = melCepstrum({ data, frames: 2, mels }, 6);
    expectClose(found, [0, 0.7, 0, 0, -0.2, 0, 0, 0, 0, 0, 0, 0], { max: 1e-6 });
  });
});

describe('alignInTime', () => {
  it('finds the path worked out by hand', () => {
    const x = [0, 1, 5, 5, 2];
    const y = [0, 0, 1, 5, 2];
    const path = alignInTime(5, 5, (i, j) => Math.abs(x[i] - y[j]));
    expect(path).toEqual([
      [0, 0],
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 3],
      [4, 4],
    ]);
  });

  it('costs no more than any other path', () => {
    const cost = (i: number, j: number) => Math.abs(Math.sin(3 * i + 1) - Math.cos(5 * j));
    const least = (i: number, j: number): number =>
      cost(i, j) +
      (i === 0 && j === 0
        ? 0
        : Math.min(
            i > 0 ? least(i - 1, j) : Infinity,
            j > 0 ? least(i, j - 1) : Infinity,
            i > 0 && j > 0 ? least(i - 1, j - 1) : Infinity,
          ));
    for (const [rows, columns] of [
      [1, 1],
      [1, 6],
      [6, 1],
      [6, 5],
    ]) {
      const path = alignInTime(rows, columns, cost);
      const sum = path.reduce((total, [i, j]) => total + cost(i, j), 0);
      expect(Math.abs(sum - least(rows - 1, columns - 1))).toBeLessThan(1e-9);
    }
  });

  it('refuses what would take all memory', () => {
    expect(() => alignInTime(20_000, 20_000, () => 0)).toThrow(/cut the recordings/);
  });
});
