import { hannWindow } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import {
  multiResolutionStftDistance,
  parallelWaveGanResolutions,
  stftDistance,
} from './stft-distance.js';
import { buzz, measures, PAIRS, RATE, RECORDINGS, recording, spoilt } from './testing.js';

const [FIRST] = RECORDINGS;

describe('stftDistance', () => {
  it.each(PAIRS)("of %s, %s, is torch's", (file, copy) => {
    const golden = measures.array(`${file}/${copy}/stft`).data;
    const [x, y] = [recording(file), spoilt(file, copy)];
    const ours = parallelWaveGanResolutions.flatMap((resolution) => {
      const found = stftDistance(x, y, resolution);
      return [found.spectralConvergence, found.logMagnitude];
    });
    expectClose(ours, golden, { relative: 1e-6 }, copy);
    const both = multiResolutionStftDistance(x, y);
    const mean = (first: number) => (golden[first] + golden[first + 2] + golden[first + 4]) / 3;
    expectClose(
      [both.spectralConvergence, both.logMagnitude],
      [mean(0), mean(1)],
      { relative: 1e-6 },
      `${copy}, mean`,
    );
  });

  it('is the definition, term by term', () => {
    const shape = { nFft: 16, hopSize: 5, winSize: 12 };
    const x = buzz(() => 900, 0.004);
    const y = x.map((value, i) => value + 0.03 * Math.cos(i));
    const magnitudes = (audio: Float32Array) => {
      const window = hannWindow(12);
      const at = (i: number) => audio[i < 0 ? -i : i >= 64 ? 126 - i : i];
      const values: number[] = [];
      for (let centre = 0; centre <= 64; centre += 5) {
        for (let bin = 0; bin <= 8; bin++) {
          let [re, im] = [0, 0];
          for (let n = 0; n < 12; n++) {
            const sample = window[n] * at(centre - 8 + 2 + n);
            re += sample * Math.cos((2 * Math.PI * bin * n) / 16);
            im += sample * Math.sin((2 * Math.PI * bin * n) / 16);
          }
          values.push(Math.sqrt(Math.max(re * re + im * im, 1e-7)));
        }
      }
      return values;
    };
    const [a, b] = [magnitudes(x), magnitudes(y)];
    const norm = (values: number[]) => Math.hypot(...values);
    const expected = [
      norm(a.map((value, i) => value - b[i])) / norm(a),
      a.reduce((sum, value, i) => sum + Math.abs(Math.log(value / b[i])), 0) / a.length,
    ];
    const found = stftDistance(x, y, shape);
    expectClose([found.spectralConvergence, found.logMagnitude], expected, { max: 1e-9 });
  });

  it('is 0 of the reference, a known number of a gain, about 1 of silence', () => {
    const speech = recording(FIRST).subarray(0, RATE);
    expect(multiResolutionStftDistance(speech, speech)).toEqual({
      spectralConvergence: 0,
      logMagnitude: 0,
    });
    const tone = buzz(() => 150, 0.5);
    const half = multiResolutionStftDistance(
      tone,
      tone.map((value) => value / 2),
    );
    // The floor holds some bins back.
    expect(Math.abs(half.spectralConvergence - 0.5)).toBeLessThan(1e-3);
    expect(half.logMagnitude).toBeLessThanOrEqual(Math.LN2 + 1e-9);
    const silent = multiResolutionStftDistance(speech, new Float32Array(speech.length));
    expect(Math.abs(silent.spectralConvergence - 1)).toBeLessThan(0.02);
  });

  it('refuses what it cannot compare', () => {
    const tone = buzz(() => 150, 0.5);
    const broken = tone.slice();
    broken[3] = Number.POSITIVE_INFINITY;
    const none = undefined as unknown as (typeof parallelWaveGanResolutions)[number];
    expect(() => stftDistance(tone, tone, none)).toThrow(/resolution=undefined must be { nFft/);
    expect(() => multiResolutionStftDistance(tone, tone, [none])).toThrow(/resolution=undefined/);
    const [one] = parallelWaveGanResolutions as unknown as (readonly (typeof none)[])[];
    expect(() => multiResolutionStftDistance(tone, tone, one)).toThrow(/must be an array/);
    expect(() => multiResolutionStftDistance(tone, broken)).toThrow(/generated\[3\]=Infinity/);
    expect(() => multiResolutionStftDistance(tone, tone.subarray(1))).toThrow(/sample by sample/);
    expect(() => multiResolutionStftDistance(new Float32Array(8000), tone)).toThrow(/is silent/);
    const brief = tone.subarray(0, 1024);
    expect(() => multiResolutionStftDistance(brief, brief)).toThrow(/more than nFft\/2=1024/);
    expect(() => multiResolutionStftDistance(tone, tone, [])).toThrow(/at least one/);
    for (const [nFft, hopSize, winSize] of [
      [15, 5, 10],
      [16, 5, 20],
      [16, 12, 10],
      [16, 0, 10],
      [Number.NaN, 5, 10],
    ]) {
      expect(() => stftDistance(tone, tone, { nFft, hopSize, winSize })).toThrow(/correct them/);
    }
  });
});
