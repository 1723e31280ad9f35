import { expectClose, golden } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { besselI0, createResampler, kaiserFast, resample, resampleStream } from './resample.js';

const file = golden(import.meta.url, 'fixtures/resample.safetensors');
const pairs = file
  .names()
  .filter((name) => name.endsWith('/kaiser'))
  .map((name) => name.slice(0, -'/kaiser'.length));

function sine(hz: number, rate: number, samples: number): Float32Array {
  return Float32Array.from(
    { length: samples },
    (_, n) => 0.5 * Math.sin((2 * Math.PI * hz * n) / rate),
  );
}

describe('resample', () => {
  it.each(pairs)("%s is torchaudio's", (pair) => {
    const [from, to] = pair.split('_').map(Number);
    const ours = resample(file.array(`${pair}/input`).data as Float32Array, from, to);
    expectClose(ours, file.array(`${pair}/kaiser`).data, { max: 1e-6 }, pair);
  });

  it('is the definition, term by term', () => {
    // The sum over all samples of the windowed sinc at each output time, cut off 8 zero crossings away.
    const shape = { lowpassFilterWidth: 8, rolloff: 0.9, beta: 6 };
    for (const [from, to] of [
      [3, 2],
      [2, 3],
      [5, 1],
      [1, 4],
      [44, 42],
    ]) {
      const audio = sine(0.3, from, 61);
      const cutoff = Math.min(from, to) * shape.rolloff;
      const expected = Array.from({ length: Math.ceil((61 * to) / from) }, (_, m) => {
        let sum = 0;
        for (let n = 0; n < audio.length; n++) {
          const t = (m / to - n / from) * cutoff;
          if (Math.abs(t) > 8) continue;
          const window = besselI0(6 * Math.sqrt(1 - (t / 8) ** 2)) / besselI0(6);
          sum += audio[n] * window * (t === 0 ? 1 : Math.sin(Math.PI * t) / (Math.PI * t));
        }
        return (sum * cutoff) / from;
      });
      expectClose(resample(audio, from, to, shape), expected, { max: 1e-6 }, `${from} to ${to}`);
    }
  });

  it('has ⌈samples · to / from⌉ samples, none of none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        (samples, from, to) => {
          const result = resample(new Float32Array(samples), from, to, kaiserFast);
          expect(result.length).toBe(Math.ceil((samples * to) / from));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('keeps what lies in the band, there and back', () => {
    for (const [from, to] of [
      [22050, 16000],
      [22050, 48000],
      [16000, 22050],
    ]) {
      const audio = sine(1000, from, 4000);
      const back = resample(resample(audio, from, to), to, from);
      // The ends lie next to the silence before and after.
      expectClose(
        back.subarray(600, 3400),
        audio.subarray(600, 3400),
        { max: 2e-4 },
        `${from} ${to}`,
      );
    }
  });

  it('removes what the new rate cannot hold', () => {
    // 10 kHz would come back as 6 kHz; its end is a click, which stays.
    const result = resample(sine(10000, 22050, 6000), 22050, 16000);
    expect(Math.max(...result.subarray(500, 3800).map(Math.abs))).toBeLessThan(1e-5);
  });

  it('keeps a constant', () => {
    const result = resample(new Float32Array(2000).fill(0.5), 44100, 22050);
    expectClose(result.subarray(200, 800), new Array(600).fill(0.5), { max: 1e-5 });
  });

  it('is linear', () => {
    const [a, b] = [sine(300, 8000, 500), sine(1234, 8000, 500)];
    const plan = createResampler(8000, 11025);
    const [ra, rb] = [plan.resample(a), plan.resample(b)];
    expectClose(
      plan.resample(a.map((value, i) => value + 0.5 * b[i])),
      ra.map((value, i) => value + 0.5 * rb[i]),
      { max: 1e-6 },
    );
  });

  it('copies where the rates agree', () => {
    const audio = sine(100, 8000, 50);
    const same = resample(audio, 8000, 8000);
    expect(same).toEqual(audio);
    expect(same).not.toBe(audio);
  });

  it('takes rates without a common divisor, whose filters are too large to keep', () => {
    const audio = sine(400, 96001, 3000);
    const result = resample(audio, 96001, 96000);
    expectClose(result.subarray(500, 2500), sine(400, 96000, 3000).subarray(500, 2500), {
      max: 2e-5,
    });
  });

  it('refuses rates and shapes that are none', () => {
    const audio = new Float32Array(4);
    expect(() => resample(audio, 0, 16000)).toThrow(/from=0 must be a whole number of Hz/);
    expect(() => resample(audio, 16000, 2 ** 31)).toThrow(/to=2147483648/);
    expect(() => resample(audio, 16000, 22050.5)).toThrow(/to=22050.5/);
    expect(() => resample(audio, 1, 2, { rolloff: 1.5 })).toThrow(/rolloff=1.5/);
    expect(() => resample(audio, 1, 2, { rolloff: Number.NaN })).toThrow(/rolloff=NaN/);
    expect(() => resample(audio, 1, 2, { lowpassFilterWidth: 0 })).toThrow(/lowpassFilterWidth=0/);
    expect(() => resample(audio, 1, 2, { beta: -1 })).toThrow(/beta=-1/);
  });
});

describe('resampleStream', () => {
  it('is the whole, to the bit, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom([22050, 16000], [16000, 22050], [22050, 48000], [7, 3], [1, 9], [8, 8]),
        fc.array(fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 700 })), { maxLength: 12 }),
        async ([from, to], lengths) => {
          const total = lengths.reduce((sum, length) => sum + length, 0);
          const audio = sine(0.01 * from, from, total);
          let at = 0;
          const parts = lengths.map((length) => {
            at += length;
            return audio.slice(at - length, at);
          });
          const made: number[] = [];
          for await (const part of resampleStream(parts, from, to)) made.push(...part);
          expect(Float32Array.from(made)).toEqual(resample(audio, from, to));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('gives samples as soon as they are certain, and keeps no more than the filter spans', () => {
    const stream = createResampler(16000, 22050).stream();
    let made = 0;
    for (let second = 1; second <= 20; second++) {
      made += stream.push(new Float32Array(16000).fill(0.5)).length;
      // 64 zero crossings at 0.95 of 8 kHz are 68 samples.
      expect(made).toBeGreaterThan(second * 22050 - 100);
      expect(made).toBeLessThan(second * 22050);
    }
    expect(made + stream.end().length).toBe(20 * 22050);
  });
});

describe('besselI0', () => {
  it('is the tabulated function', () => {
    // scipy.special.i0e, which is times e^-x.
    for (const [x, scaled] of [
      [0, 1],
      [1, 0.46575960759364043],
      [5, 0.18354081260932834],
      [10, 0.1278333371634286],
    ]) {
      expect(Math.abs(besselI0(x) * Math.exp(-x) - scaled)).toBeLessThan(1e-15);
    }
  });
});
