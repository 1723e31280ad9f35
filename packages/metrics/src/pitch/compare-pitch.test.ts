import { describe, expect, it } from 'vitest';
import { comparePitch } from './compare-pitch.js';

const track = (...f0: number[]) => ({
  f0: Float32Array.from(f0),
  hopSize: 160,
  samplingRate: 16000,
});

describe('comparePitch', () => {
  it('is what it is by hand', () => {
    // An octave and nothing on two frames; one frame lost, one invented.
    const found = comparePitch(track(100, 200, 150, 0, 0), track(200, 200, 0, 120, 0));
    expect(found.f0RmseCents).toBeCloseTo(1200 / Math.SQRT2, 9);
    expect(found.voicedInBoth).toBe(2);
    expect(found.voicedF1).toBeCloseTo(2 / 3, 9);
  });

  it('is perfect of the reference, and symmetric', () => {
    const [a, b] = [track(100, 0, 120), track(110, 90, 0)];
    expect(comparePitch(a, a)).toEqual({ f0RmseCents: 0, voicedInBoth: 2, voicedF1: 1 });
    const [there, back] = [comparePitch(a, b), comparePitch(b, a)];
    expect(there.voicedF1).toBe(back.voicedF1);
    expect(there.f0RmseCents).toBeCloseTo(back.f0RmseCents!, 9);
  });

  it('says so where there is nothing to compare', () => {
    const none = { f0RmseCents: null, voicedInBoth: 0 };
    expect(comparePitch(track(0, 0), track(0, 0))).toEqual({ ...none, voicedF1: null });
    expect(comparePitch(track(100, 0), track(0, 100))).toEqual({ ...none, voicedF1: 0 });
  });

  it('refuses tracks of different shapes', () => {
    const audio = new Float32Array(4) as unknown as ReturnType<typeof track>;
    expect(() => comparePitch(track(1), audio)).toThrow(/generated has no f0 and must be what/);
    const none = undefined as unknown as typeof audio;
    expect(() => comparePitch(none, track(1))).toThrow(
      /reference=undefined must be what trackPitch/,
    );
    expect(() => comparePitch(track(1), track(1, 2))).toThrow(/f0.length=2 must be/);
    expect(() => comparePitch(track(1), { ...track(1), hopSize: 80 })).toThrow(/hopSize=80/);
    expect(() => comparePitch(track(1), { ...track(1), samplingRate: 8000 })).toThrow(/=8000/);
  });
});
