import { describe, expect, it } from 'vitest';
import { createLoudnessMeter, integratedLoudness } from './loudness.js';
import { mulberry32 } from './mulberry32.js';
import { checkGain, outputGain } from './output-gain.js';

function noise(seed: number, samples: number, size: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: samples }, () => Math.fround(2 * random() - 1) * size);
}

function sine(hz: number, rate: number, seconds: number, decibels: number): Float32Array {
  const size = 10 ** (decibels / 20);
  return Float32Array.from(
    { length: rate * seconds },
    (_, n) => size * Math.sin((2 * Math.PI * hz * n) / rate),
  );
}

describe('integratedLoudness', () => {
  // pyloudnorm 0.2.0, Meter(rate, filter_class='DeMan') in float64, of the same numbers.
  it.each([
    [16000, -21.995798830793408, -22.68150555489622, -21.82543608455071],
    [22050, -21.840069965927068, -22.513001759793077, -21.67003965507474],
    [44100, -21.655596204281178, -22.354467347614147, -21.48531007428149],
    [48000, -21.623246066619107, -22.333741256211198, -21.453804280519986],
  ])(
    "at %i Hz is pyloudnorm's: steady, with pauses, of two channels",
    (rate, steady, paused, two) => {
      const audio = noise(rate, 3 * rate, 0.1);
      const near = (found: number, expected: number, what: string) =>
        expect(Math.abs(found - expected), `${what}: ${found} LUFS`).toBeLessThan(1e-4);
      near(integratedLoudness(audio, rate), steady, 'steady');
      // A second as it is, one 30 dB lower, one silent: the gates leave the first.
      const envelope = [1, 0.03, 0];
      const speech = audio.map((value, i) => value * envelope[Math.floor(i / rate)]);
      near(integratedLoudness(speech, rate), paused, 'with pauses');
      const other = noise(rate + 1, 3 * rate, 0.02);
      near(integratedLoudness([audio, other], rate), two, 'two channels');
    },
  );

  it('is what EBU Tech 3341 asks for: 1 kHz at −23 dBFS on two channels is −23 LUFS', () => {
    const left = sine(1000, 48000, 20, -23);
    expect(Math.abs(integratedLoudness([left, left], 48000) + 23)).toBeLessThan(0.1);
    // Its case 3: what is 10 LU below the mean of the rest does not count.
    const quiet = sine(1000, 48000, 10, -36);
    const loud = sine(1000, 48000, 60, -23);
    const all = Float32Array.from([...quiet, ...loud, ...quiet]);
    expect(Math.abs(integratedLoudness([all, all], 48000) + 23)).toBeLessThan(0.1);
  });

  it('is the same in parts', () => {
    const audio = noise(5, 30_000, 0.2);
    const meter = createLoudnessMeter(11025);
    for (const [from, to] of [
      [0, 1],
      [1, 1],
      [1, 5000],
      [5000, 5001],
      [5001, 30_000],
    ]) {
      meter.push([audio.subarray(from, to)]);
    }
    expect(Math.abs(meter.integrated() - integratedLoudness(audio, 11025))).toBeLessThan(1e-9);
  });

  it('counts what is shorter than a block as one, and knows silence', () => {
    const short = sine(1000, 48000, 1, -23).subarray(0, 14_400);
    expect(Math.abs(integratedLoudness(short, 48000) + 26)).toBeLessThan(0.3);
    expect(integratedLoudness(new Float32Array(48000), 48000)).toBe(Number.NEGATIVE_INFINITY);
    expect(integratedLoudness(new Float32Array(0), 48000)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('refuses other channels and rates', () => {
    const audio = new Float32Array(4);
    expect(() => integratedLoudness(audio, 0)).toThrow(/samplingRate=0/);
    expect(() => integratedLoudness([], 8000)).toThrow(/channels=0/);
    expect(() => integratedLoudness(new Array(6).fill(audio), 8000)).toThrow(/channels=6/);
    expect(() => integratedLoudness([audio, new Float32Array(3)], 8000)).toThrow(
      /channels of 4, 3 samples must be 2 of one length/,
    );
  });
});

describe('outputGain', () => {
  const audio = noise(3, 48_000, 0.1);
  const scaled = (gain: number) => audio.map((value) => value * gain);
  const peakOf = (samples: Float32Array) => samples.reduce((a, b) => Math.max(a, Math.abs(b)), 0);

  it('makes what is wanted of loudness, and of peak', () => {
    const loud = scaled(outputGain(audio, 16000, { loudness: -23 }));
    expect(Math.abs(integratedLoudness(loud, 16000) + 23)).toBeLessThan(1e-4);
    const high = scaled(outputGain(audio, 16000, { peak: -6 }));
    expect(Math.abs(20 * Math.log10(peakOf(high)) + 6)).toBeLessThan(1e-4);
  });

  it('lets loudness not pass the peak', () => {
    const limited = scaled(outputGain(audio, 16000, { loudness: 0, peak: -1 }));
    expect(Math.abs(20 * Math.log10(peakOf(limited)) + 1)).toBeLessThan(1e-4);
    // Nothing said of the peak, it is full scale.
    expect(outputGain(audio, 16000, { loudness: 0 })).toBe(
      outputGain(audio, 16000, { loudness: 0, peak: 0 }),
    );
    expect(peakOf(scaled(outputGain(audio, 16000, { loudness: 0 })))).toBeCloseTo(1, 6);
    // Where it does not come near, the peak changes nothing.
    expect(outputGain(audio, 16000, { loudness: -30, peak: -1 })).toBe(
      outputGain(audio, 16000, { loudness: -30 }),
    );
  });

  it('leaves silence, and what nothing is wanted of', () => {
    expect(outputGain(new Float32Array(9), 16000, { loudness: -16, peak: -1 })).toBe(1);
    expect(outputGain(audio, 16000, {})).toBe(1);
    expect(() => outputGain(audio, 16000, { peak: 1 })).toThrow(/peak=1 must be from -100 to 0/);
    expect(() => outputGain(audio, 16000, { loudness: Number.NaN })).toThrow(/loudness=NaN/);
  });

  it.each([
    [null, 'null'],
    ['-1', "'-1'"],
    ['', "''"],
    [true, 'true'],
    [[-1], '-1'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('refuses a level that is no number: %j', (value, given) => {
    for (const name of ['loudness', 'peak']) {
      const wishes = { [name]: value } as never;
      for (const ask of [
        () => outputGain(audio, 16000, wishes),
        () => outputGain(new Float32Array(9), 16000, wishes),
        () => checkGain(wishes, 16000),
      ]) {
        expect(ask).toThrow(RangeError);
        expect(ask).toThrow(`outputGain: ${name}=${given} must be from -100 to 0`);
      }
    }
    expect(() => outputGain(null as never, 16000, {})).toThrow(/^outputGain: audio=Null must be/);
  });

  it('is looked at beforehand by the same rules', () => {
    checkGain({}, 1);
    checkGain({ peak: -1 }, 3999);
    checkGain({ loudness: -100, peak: 0 }, 4000);
    expect(() => checkGain({ peak: 0.1 }, 16000)).toThrow(/peak=0.1 must be from -100 to 0/);
    expect(() => checkGain({ loudness: -101 }, 16000)).toThrow(/loudness=-101 must be/);
    expect(() => checkGain({ loudness: -16 }, 3999)).toThrow(/samplingRate=3999 must be at least/);
  });
});
