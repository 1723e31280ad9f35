import { expectClose, golden } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import {
  bandSegments,
  hzToMel,
  melFilterbank,
  melToHz,
  sparseFilterbank,
} from './mel-filterbank.js';

describe("Slaney's mel scale", () => {
  it('is linear to 1 kHz, then 27 mels for each factor of 6.4', () => {
    expectClose([0, 200, 1000, 6400].map(hzToMel), [0, 3, 15, 42], { max: 1e-13 });
    expectClose([0, 3, 15, 42].map(melToHz), [0, 200, 1000, 6400], { max: 1e-11 });
  });

  it('comes back', () => {
    for (let hz = 0; hz < 24000; hz += 37.5) {
      expect(Math.abs(melToHz(hzToMel(hz)) - hz)).toBeLessThan(1e-9);
    }
  });
});

describe('melFilterbank', () => {
  const bank = golden(import.meta.url, 'fixtures/mel-filterbank.safetensors');
  const keys = bank.names().filter((name) => name.endsWith('/value'));

  it.each(keys)("%s is the float64 oracle's and librosa's", (name) => {
    const key = name.slice(0, -'/value'.length);
    const [samplingRate, nFft, numMels, fmin, fmax] = key
      .split('_')
      .map((part) => (part === 'null' ? null : Number(part))) as number[];
    const bins = nFft / 2 + 1;
    const expected = new Float64Array(numMels * bins);
    const judged = new Float64Array(numMels * bins);
    const { data: rows } = bank.array(`${key}/row`);
    const { data: columns } = bank.array(`${key}/column`);
    for (let i = 0; i < rows.length; i++) {
      expected[rows[i] * bins + columns[i]] = bank.array(name).data[i];
      judged[rows[i] * bins + columns[i]] = bank.array(`${key}/librosa`).data[i];
    }
    const ours = melFilterbank({ samplingRate, nFft, numMels, fmin, fmax });
    expectClose(ours, expected, { max: 1e-12 }, key);
    expectClose(ours, judged, { max: 1e-7, relative: 1e-7 }, `${key} (librosa)`);
  });

  it('is what one computes by hand', () => {
    // Bins at 0, 500, 1000, 1500, 2000 Hz; edges at 0, 5, 10, 15 mel = 0, 1000/3, 2000/3, 1000 Hz.
    const low = melFilterbank({ samplingRate: 4000, nFft: 8, numMels: 2, fmin: 0, fmax: 1000 });
    const height = 2 / (2000 / 3);
    expectClose(low, [0, height / 2, 0, 0, 0, 0, height / 2, 0, 0, 0], { max: 1e-15 });
  });

  it('has bands of area 1', () => {
    const nFft = 65536;
    const bins = nFft / 2 + 1;
    const bank = melFilterbank({ samplingRate: 22050, nFft, numMels: 20, fmin: 50, fmax: null });
    for (let band = 0; band < 20; band++) {
      const row = bank.subarray(band * bins, (band + 1) * bins);
      const area = (row.reduce((sum, value) => sum + value, 0) * 22050) / nFft;
      expect(Math.abs(area - 1)).toBeLessThan(1e-3);
    }
  });

  it('lists what is wrong with the options', () => {
    const good = { samplingRate: 22050, nFft: 1024, numMels: 80, fmin: 0, fmax: 8000 };
    const message = (change: object) => {
      try {
        melFilterbank({ ...good, ...change });
      } catch (error) {
        return (error as RangeError).message;
      }
      return '';
    };
    expect(message({ fmax: 12000 })).toMatch(
      /fmax=12000 must be at most half the samplingRate=22050/,
    );
    expect(message({ fmin: 9000 })).toMatch(/fmin=9000 must be at least 0 and below fmax=8000/);
    expect(message({ fmin: -1 })).toMatch(/fmin=-1/);
    expect(message({ fmin: Number.NaN })).toMatch(/fmin=NaN/);
    expect(message({ fmax: Number.NaN })).toMatch(/fmax=NaN/);
    const both = message({ numMels: 0, samplingRate: 0 });
    expect(both).toMatch(/numMels=0/);
    expect(both).toMatch(/samplingRate=0/);
  });
});

describe('sparseFilterbank', () => {
  it('leaves out the zeros and nothing else', () => {
    const options = { samplingRate: 22050, nFft: 512, numMels: 60, fmin: 30, fmax: 9000 };
    const dense = melFilterbank(options);
    const { first, offset, weights, usedBins } = sparseFilterbank(dense, 60);
    const rebuilt = new Float64Array(dense.length);
    for (let band = 0; band < 60; band++) {
      rebuilt.set(weights.subarray(offset[band], offset[band + 1]), band * 257 + first[band]);
    }
    expect(rebuilt).toEqual(dense);
    // 9000 Hz lie just below bin 209.
    expect(usedBins).toBe(209);
  });

  it('knows bands between two bins, which weigh nothing', () => {
    const dense = melFilterbank({
      samplingRate: 22050,
      nFft: 64,
      numMels: 80,
      fmin: 0,
      fmax: 8000,
    });
    const { offset } = sparseFilterbank(dense, 80);
    expect([...offset].some((value, i) => i > 0 && value === offset[i - 1])).toBe(true);
  });
});

describe('bandSegments', () => {
  it.each([
    { samplingRate: 22050, nFft: 1024, numMels: 80, fmin: 0, fmax: 8000 },
    { samplingRate: 22050, nFft: 512, numMels: 60, fmin: 300, fmax: null },
    // Bands between two bins, edges on bins, one band alone.
    { samplingRate: 22050, nFft: 64, numMels: 80, fmin: 0, fmax: 8000 },
    { samplingRate: 4000, nFft: 8, numMels: 2, fmin: 0, fmax: 1000 },
    { samplingRate: 16000, nFft: 256, numMels: 1, fmin: 1000, fmax: 3000 },
  ])('holds each weight once: %o', (options) => {
    const { numMels, nFft } = options;
    const bins = nFft / 2 + 1;
    const dense = melFilterbank(options);
    const { start, rising, falling } = bandSegments(dense, numMels);
    const rebuilt = new Float64Array(dense.length);
    for (let band = 0; band < numMels; band++) {
      for (let bin = start[band]; bin < start[band + 1]; bin++) {
        rebuilt[band * bins + bin] += rising[bin];
        if (band > 0) rebuilt[(band - 1) * bins + bin] += falling[bin];
      }
    }
    expect(rebuilt).toEqual(dense);
  });
});
