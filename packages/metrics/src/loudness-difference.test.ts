import { describe, expect, it } from 'vitest';
import { loudnessDifference } from './loudness-difference.js';
import { buzz, RATE, RECORDINGS, recording } from './testing.js';

describe('loudnessDifference', () => {
  it('is the gain in decibels, whatever is said and how long', () => {
    const speech = recording(RECORDINGS[0]);
    expect(loudnessDifference(speech, speech, RATE)).toBe(0);
    for (const decibels of [-6, 3]) {
      const other = speech.map((value) => value * 10 ** (decibels / 20));
      const found = loudnessDifference(speech, other, RATE);
      expect(Math.abs(found - decibels), `${found} LU`).toBeLessThan(1e-3);
    }
    const tone = buzz(() => 150, 2);
    expect(Math.abs(loudnessDifference(tone, tone.subarray(0, RATE), RATE))).toBeLessThan(0.1);
  });

  it('tells of silence', () => {
    const tone = buzz(() => 150, 1);
    const silence = new Float32Array(RATE);
    expect(loudnessDifference(tone, silence, RATE)).toBe(-Infinity);
    expect(loudnessDifference(silence, tone, RATE)).toBe(Infinity);
    expect(loudnessDifference(silence, silence, RATE)).toBe(0);
  });

  it('refuses what it cannot measure', () => {
    const tone = buzz(() => 150, 1);
    expect(() =>
      loudnessDifference(
        tone,
        tone.map(() => Number.NaN),
        RATE,
      ),
    ).toThrow(/\[0\]=NaN/);
    expect(() => loudnessDifference(new Float32Array(0), tone, RATE)).toThrow(/no samples/);
    expect(() => loudnessDifference(tone, tone, 100)).toThrow(/at least 4000 Hz/);
  });
});
