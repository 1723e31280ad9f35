import { expectClose, golden } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from './mulberry32.js';
import { createSpectralSubtraction, firstFrameMagnitudes } from './spectral-subtraction.js';

const file = golden(import.meta.url, 'fixtures/spectral-subtraction.safetensors');
const NFFT = 1024;

function noise(seed: number, samples: number): Float32Array {
  const random = mulberry32(seed);
  return Float32Array.from({ length: samples }, () => random() - 0.5);
}

function subtract(
  parts: readonly Float32Array[],
  magnitudes: ArrayLike<number>,
  nFft: number,
): Float32Array {
  const stream = createSpectralSubtraction({ nFft, magnitudes });
  const made = parts.map((part) => stream.push(part));
  return Float32Array.from([...made, stream.end()].flatMap((part) => [...part]));
}

describe('spectral subtraction', () => {
  it("takes its bias as WaveGlow's denoiser does", () => {
    const bias = firstFrameMagnitudes(file.array('bias_audio').data as Float32Array, NFFT);
    expectClose(bias, file.array('bias').data, { relative: 1e-9 }, 'bias');
  });

  it.each([0.1, 1])("at strength %f is torch's stft and istft", (strength) => {
    const audio = file.array('audio').data as Float32Array;
    const bias = file.array('bias').data.map((value) => value * strength);
    const cleaned = subtract([audio], bias, NFFT);
    const expected = file.array(`denoised_${strength}`).data;
    expect(cleaned).toHaveLength(audio.length);
    // Within a frame of the ends, torch's mirror image and our silence differ.
    const inner = (samples: Float32Array | Float64Array) =>
      samples.subarray(NFFT, samples.length - NFFT);
    expectClose(inner(cleaned), inner(expected), { max: 1e-6 }, `strength ${strength}`);
    // And it does something.
    const [before, after] = [inner(audio), inner(cleaned)];
    const moved = Math.max(...before.map((value, i) => Math.abs(value - after[i])));
    expect(moved).toBeGreaterThan(1e-3);
  });

  it('gives back what nothing is taken off, to its ends', () => {
    for (const length of [0, 1, 5, 64, 1000]) {
      const audio = noise(length, length);
      expectClose(subtract([audio], new Float32Array(33), 64), audio, { max: 1e-6 }, `${length}`);
    }
  });

  it('leaves nothing where all is taken', () => {
    const cleaned = subtract([noise(1, 500)], new Float32Array(33).fill(1e3), 64);
    expect(cleaned).toEqual(new Float32Array(500));
  });

  it('is the same however the recording is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(0, 1), fc.nat({ max: 200 })), { maxLength: 12 }),
        (lengths) => {
          const parts = lengths.map((length, i) => noise(i, length));
          const whole = Float32Array.from(parts.flatMap((part) => [...part]));
          const magnitudes = new Float32Array(33).fill(0.7);
          expect(subtract(parts, magnitudes, 64)).toEqual(subtract([whole], magnitudes, 64));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives samples three quarters of a frame later', () => {
    const stream = createSpectralSubtraction({ nFft: 64, magnitudes: new Float32Array(33) });
    let made = 0;
    for (let received = 1; received <= 300; received++) {
      made += stream.push(new Float32Array(1)).length;
      expect(made).toBe(Math.max(0, 16 * Math.floor(received / 16) - 48));
    }
  });

  it('refuses frames and spectra that do not fit', () => {
    const make = (nFft: number, bins: number) => () =>
      createSpectralSubtraction({ nFft, magnitudes: new Float32Array(bins) });
    expect(make(66, 34)).toThrow(/nFft=66 must be a multiple of 4/);
    expect(make(64, 34)).toThrow(/magnitudes.length=34 must be nFft \/ 2 \+ 1 = 33/);
  });
});
