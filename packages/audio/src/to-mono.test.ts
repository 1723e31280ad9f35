import { describe, expect, it } from 'vitest';
import { toMono } from './to-mono.js';

describe('toMono', () => {
  it('is the mean of the channels', () => {
    const mono = toMono([
      Float32Array.of(1, -1, 0.5),
      Float32Array.of(1, 1, 0),
      Float32Array.of(1, 0, 1),
    ]);
    expect([...mono]).toEqual([1, 0, 0.5]);
  });

  it('gives back the only channel', () => {
    const channel = Float32Array.of(0.25);
    expect(toMono([channel])).toBe(channel);
  });

  it('refuses none and unequal ones', () => {
    expect(() => toMono([])).toThrow(/channels.length=0/);
    expect(() => toMono([new Float32Array(2), new Float32Array(3)])).toThrow(
      /channels\[1\].length=3/,
    );
  });
});
