import { describe, expect, it } from 'vitest';
import { encodePcm16 } from './encode-pcm16.js';
import { mulberry32 } from './mulberry32.js';
import { clippedSamples } from './quantize.js';
import { readWav } from './wav/read-wav.js';
import { writeWav } from './wav/write-wav.js';

describe('encodePcm16', () => {
  it('rounds to the nearest, saturates, and counts what it cut off', () => {
    const audio = Float32Array.of(0, 0.5, 1, -1, 1.5, -2, 1e30, 0.6 / 32768, -0.6 / 32768);
    const { samples, clipped } = encodePcm16(audio);
    expect([...samples]).toEqual([0, 16384, 32767, -32768, 32767, -32768, 32767, 1, -1]);
    expect(clipped).toBe(3);
    expect(clippedSamples(Float32Array.of(1, -1, 1.0001, -1.0001))).toBe(2);
    // A step beyond is lost in rounding: of 16 bits 3e-5, of 24 bits 1.2e-7.
    const near = Float32Array.of(1.00002, -1.00002, 1.00004, -1.00004);
    expect([clippedSamples(near), clippedSamples(near, 24)]).toEqual([2, 4]);
  });

  it('never wraps, with dither either', () => {
    const { samples } = encodePcm16(new Float32Array(5000).fill(1), { dither: true });
    // Full scale is 32768, and the dither takes off at most one step of it.
    expect(samples.every((sample) => sample >= 32766)).toBe(true);
    const low = encodePcm16(new Float32Array(5000).fill(-1), { dither: true });
    expect(low.samples.every((sample) => sample <= -32767)).toBe(true);
  });

  it('dithers: an error without a mean, of a quarter step squared, whatever the signal', () => {
    // Without dither, all of these become one value, and the error is the signal's.
    for (const level of [0, 0.1, 0.25, 0.5, 0.9]) {
      const length = 200_000;
      const audio = new Float32Array(length).fill(level / 32768);
      const { samples } = encodePcm16(audio, { dither: true, random: mulberry32(3) });
      const errors = Array.from(samples, (sample) => sample - level);
      const mean = errors.reduce((sum, error) => sum + error, 0) / length;
      const power = errors.reduce((sum, error) => sum + error * error, 0) / length;
      expect(Math.abs(mean), `mean at ${level}`).toBeLessThan(0.005);
      // Rounding has 1/12, the triangle 1/6.
      expect(Math.abs(power - 0.25), `power at ${level}`).toBeLessThan(0.005);
    }
  });

  it('is the same for the same numbers, and goes on where parts share them', () => {
    const audio = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 0.001);
    const whole = encodePcm16(audio, { dither: true, random: mulberry32(0) }).samples;
    expect(encodePcm16(audio, { dither: true }).samples).toEqual(whole);
    const random = mulberry32(0);
    const parts = [audio.subarray(0, 33), audio.subarray(33)].map((part) =>
      encodePcm16(part, { dither: true, random }),
    );
    expect(parts.flatMap(({ samples }) => [...samples])).toEqual([...whole]);
    expect(whole).not.toEqual(encodePcm16(audio).samples);
  });

  it('tells who hands in something else', () => {
    for (const [bad, kind] of [
      [null, 'Null'],
      [undefined, 'Undefined'],
      [[0.5], 'Array'],
      [new Int16Array(1), 'Int16Array'],
    ]) {
      const encode = () => encodePcm16(bad as never);
      expect(encode).toThrow(TypeError);
      expect(encode).toThrow(`encodePcm16: audio=${kind} must be a Float32Array`);
    }
  });

  it('is what writeWav writes', () => {
    const audio = Float32Array.from({ length: 500 }, (_, i) => 1.2 * Math.sin(i));
    for (const dither of [false, true]) {
      const wav = readWav(writeWav({ samplingRate: 8000, channels: [audio] }, 'pcm16', { dither }));
      const { samples } = encodePcm16(audio, { dither });
      expect([...wav.channels[0]].map((value) => value * 32768)).toEqual([...samples]);
    }
  });

  it('refuses what is no sound', () => {
    expect(() => encodePcm16(Float32Array.of(0, Number.NaN))).toThrow(
      /audio\[1\]=NaN must be finite/,
    );
  });
});
