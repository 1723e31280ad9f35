import { difference, expectClose, uniform } from '@hifigan/testkit';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { framePlan } from './frames.js';
import { binary } from './generated/mel.js';
import { findKernel, reserve } from './kernel.js';
import { melByFourier } from './mel-by-fourier.js';
import { melByKernel } from './mel-by-kernel.js';
import type { MelOptions } from './mel-options.js';
import { createMelSpectrogram, type MelRows } from './mel-spectrogram.js';

const options: MelOptions = {
  samplingRate: 22050,
  nFft: 64,
  hopSize: 16,
  winSize: 64,
  numMels: 8,
  fmin: 0,
  fmax: 8000,
};

const byKernel = (given: MelOptions): MelRows | undefined => melByKernel(given, framePlan(given));

function rowsOf(write: MelRows, audio: Float32Array, given: MelOptions): Float32Array {
  const frames = Math.floor(audio.length / given.hopSize);
  const data = new Float32Array(frames * given.numMels);
  write(audio, frames, data);
  return data;
}

/** Both ways, and how far apart: beyond the rounding to float32, which may fall to either side. */
function expectAlike(given: MelOptions, audio: Float32Array): void {
  const reference = rowsOf(melByFourier(given), audio, given);
  const actual = rowsOf(byKernel(given)!, audio, given);
  const { max, mean } = difference(actual, reference);
  const excess = actual.reduce((most, value, i) => {
    const rounding = 2 ** -23 * Math.abs(reference[i]);
    // Written so that NaN stays.
    return Math.max(most, Math.abs(value - reference[i]) - rounding);
  }, 0);
  const what = `${JSON.stringify(given)}, ${audio.length} samples: max ${max}, mean ${mean}`;
  expect(excess, what).toBeLessThanOrEqual(1e-9);
}

const optionsThatFit: fc.Arbitrary<MelOptions> = fc
  .record({
    bits: fc.integer({ min: 4, max: 13 }),
    hop: fc.double({ min: 0, max: 1, noNaN: true }),
    win: fc.double({ min: 0, max: 1, noNaN: true }),
    numMels: fc.integer({ min: 1, max: 130 }),
    samplingRate: fc.constantFrom(8000, 22050, 44100),
    low: fc.constantFrom(0, 0.01, 0.4),
    high: fc.constantFrom(0.41, 0.73, 1, null),
  })
  .map(({ bits, hop, win, numMels, samplingRate, low, high }) => {
    const nFft = 2 ** bits;
    return {
      samplingRate,
      nFft,
      // From a thirty-second of the frame on, or the long ones take all the time.
      hopSize: 2 * Math.max(1, Math.round((nFft / 2) * (1 / 32 + (hop * 31) / 32))),
      winSize: Math.max(1, Math.round(win * nFft)),
      numMels,
      fmin: (low * samplingRate) / 2,
      fmax: high === null ? null : (high * samplingRate) / 2,
    };
  });

describe('mel rows by WebAssembly', () => {
  it('are those of fft.js, whatever the options', () => {
    fc.assert(
      fc.property(
        optionsThatFit,
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        (given, seed, hops) => {
          const padding = (given.nFft - given.hopSize) / 2;
          const extra = seed % given.hopSize;
          expectAlike(given, uniform(padding + 1 + hops * given.hopSize + extra, seed));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ['one frame', { ...options, hopSize: 32 }, 63],
    ['audio of just more than the padding', options, 25],
    ['a window of one sample', { ...options, winSize: 1 }, 500],
    ['a window of all but one', { ...options, winSize: 63 }, 500],
    ['bands without bins', { ...options, numMels: 100 }, 500],
    ['no bin in any band', { ...options, numMels: 1, fmin: 350, fmax: 680 }, 500],
    ['the last bin', { ...options, numMels: 40, fmax: null }, 500],
    ['the shortest transform', { ...options, nFft: 16, hopSize: 2, winSize: 15 }, 500],
    ['the longest', { ...options, nFft: 8192, hopSize: 8192, winSize: 8192 }, 90_000],
  ])('are those of fft.js: %s', (_, given, samples) => {
    expectAlike(given, uniform(samples, 1));
  });

  it('are those of fft.js for audio from silence to clipping', () => {
    for (const gain of [0, 1e-40, 1e-6, 1, 1e6]) {
      expectAlike(
        options,
        uniform(500, 1).map((value) => gain * value),
      );
    }
  });

  it('are the same bits wherever a frame lies among those handed over together', () => {
    const { hopSize, numMels } = options;
    const audio = uniform(60 * hopSize, 1);
    const write = byKernel(options)!;
    const whole = rowsOf(write, audio, options);
    for (let first = 0; first < 40; first++) {
      for (const frames of [5, 16, 17, 20]) {
        const part = audio.subarray(first * hopSize, (first + frames) * hopSize);
        // Two at each end see the reflection.
        const inside = rowsOf(write, part, options).subarray(2 * numMels, (frames - 2) * numMels);
        const begin = (first + 2) * numMels;
        expect(inside).toEqual(whole.subarray(begin, begin + inside.length));
      }
    }
  });

  it('of several spectrograms do not mix', () => {
    const audio = uniform(3000, 1);
    const all = [options, { ...options, numMels: 20 }, { ...options, nFft: 512, winSize: 400 }];
    const alone = all.map((given) => rowsOf(byKernel(given)!, audio, given));
    const together = all.map((given) => ({ given, write: byKernel(given)! }));
    for (let round = 0; round < 2; round++) {
      const again = together.map(({ given, write }) => rowsOf(write, audio, given));
      expect(again).toEqual(alone);
    }
  });

  it('take one memory, however many spectrograms there are', () => {
    const { memory } = findKernel()!.exports;
    createMelSpectrogram(options).analyze(uniform(500, 1));
    const before = memory.buffer.byteLength;
    for (let i = 0; i < 500; i++) createMelSpectrogram(options).analyze(uniform(500, i));
    expect(memory.buffer.byteLength).toBe(before);
  });

  it('are for powers of two from 16 to 8192', () => {
    const asked = [8, 16, 60, 1024, 8192, 16384];
    const given = asked.map((nFft) => ({ ...options, nFft, hopSize: 4, winSize: 8 }));
    const found = given.map((one) => byKernel(one) !== undefined);
    expect(found).toEqual([false, true, false, true, true, false]);
  });
});

describe('the kernel', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it('is below the 4 KB that every browser compiles at once', () => {
    expect(atob(binary).length).toBeLessThan(4096);
  });

  it.each([
    ['no WebAssembly', undefined],
    ['a policy that forbids to compile', { ...wasm(), Module: refuses }],
    ['no memory', { ...wasm(), Instance: refuses }],
  ])('is done without where there is %s', async (_, stub) => {
    vi.resetModules();
    vi.stubGlobal('WebAssembly', stub);
    const bare = await import('./mel-spectrogram.js');
    const { findKernel: findHere } = await import('./kernel.js');
    const audio = uniform(500, 1);
    const { data } = bare.createMelSpectrogram(options).analyze(audio);
    expect(findHere()).toBeNull();
    expectClose(data, createMelSpectrogram(options).analyze(audio).data, { max: 1e-6 });
  });

  it('says when memory does not grow', () => {
    const { exports } = findKernel()!;
    const full = { buffer: new ArrayBuffer(65536), grow: () => refuses() };
    const kernel = { exports: { ...exports, memory: full }, image: undefined };
    expect([reserve(kernel, 65536), reserve(kernel, 65537)]).toEqual([true, false]);
  });
});

function wasm() {
  return { Module: WebAssembly.Module, Instance: WebAssembly.Instance };
}

function refuses(): never {
  throw new RangeError('refused');
}
