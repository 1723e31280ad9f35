import { expect, it } from 'vitest';
import { clippedShare } from './clipped-share.js';

const wave = (gain: number) =>
  Float32Array.from({ length: 1000 }, (_, i) =>
    Math.max(-1, Math.min(32767 / 32768, gain * Math.sin(i / 5))),
  );

it('counts samples in flat runs at the peak, by hand', () => {
  const top = 32767 / 32768;
  expect(clippedShare([Float32Array.of(0, top, top, top, 0, -1, -1, -1, -1, 0)])).toBe(0.7);
  // Two are no run; what is flat below the peak is none either.
  expect(clippedShare([Float32Array.of(0, top, top, 0, 0.5, 0.5, 0.5, 0)])).toBe(0);
  expect(clippedShare([wave(0.9)])).toBe(0);
  expect(clippedShare([wave(1)])).toBe(0);
  expect(clippedShare([wave(2), wave(0.5)])).toBeGreaterThan(0.2);
});

it('is 0 of silence, of what is quiet, and of nothing', () => {
  expect(clippedShare([new Float32Array(100)])).toBe(0);
  expect(clippedShare([new Float32Array(100).fill(0.1)])).toBe(0);
  expect(clippedShare([new Float32Array(0)])).toBe(0);
});
