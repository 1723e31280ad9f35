import { type MelConfig, melOptions } from '@hifigan/audio';
import { expectClose } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { melDistance } from './mel-distance.js';
import { buzz, measures, PAIRS, recording, spoilt } from './testing.js';

const mel = melOptions(JSON.parse(measures.metadata.mel) as MelConfig);

describe('melDistance', () => {
  it.each(PAIRS)("of %s, %s, is the oracle's, up to fmax and of the full band", (file, copy) => {
    const [x, y] = [recording(file), spoilt(file, copy)];
    const ours = [melDistance(x, y, mel), melDistance(x, y, { ...mel, fmax: null })];
    expectClose(ours, measures.array(`${file}/${copy}/mel`).data, { relative: 1e-6 }, copy);
  });

  it('is 0 of the reference and ln 2 of half of it', () => {
    // Loud in every band, so that no floor takes part.
    const noise = Float32Array.from({ length: 8000 }, (_, n) => Math.sin(n * n * 0.7));
    expect(melDistance(noise, noise, mel)).toBe(0);
    const half = melDistance(
      noise,
      noise.map((value) => value / 2),
      mel,
    );
    expect(Math.abs(half - Math.LN2), `${half}`).toBeLessThan(1e-4);
  });

  it('is from the floor to the speech where one is silent, and 0 where both are', () => {
    const tone = buzz(() => 150, 0.5);
    const silence = new Float32Array(tone.length);
    expect(melDistance(silence, silence, mel)).toBe(0);
    expect(melDistance(silence, tone, mel)).toBeGreaterThan(3);
    expect(melDistance(silence, tone, mel)).toBe(melDistance(tone, silence, mel));
  });

  it('refuses what it cannot compare', () => {
    const tone = buzz(() => 150, 0.5);
    const broken = tone.slice();
    broken[0] = Number.NaN;
    const none = undefined as unknown as typeof mel;
    expect(() => melDistance(tone, tone, none)).toThrow(/^melDistance: mel=undefined must be/);
    expect(() => melDistance(tone, broken, mel)).toThrow(/generated\[0\]=NaN must be finite/);
    expect(() => melDistance(tone, tone.subarray(5), mel)).toThrow(/cut both to the shorter/);
    const brief = tone.subarray(0, 100);
    expect(() => melDistance(brief, brief, mel)).toThrow(/100/);
    expect(() => melDistance(tone, tone, { ...mel, fmax: 9000 })).toThrow(/fmax=9000/);
  });
});
