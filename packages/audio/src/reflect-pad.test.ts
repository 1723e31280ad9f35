import { describe, expect, it } from 'vitest';
import { reflectPad } from './reflect-pad.js';

describe('reflectPad', () => {
  it('mirrors without repeating the ends', () => {
    expect([...reflectPad(Float32Array.of(1, 2, 3, 4), 2, 1)]).toEqual([3, 2, 1, 2, 3, 4, 3]);
    expect([...reflectPad(Float32Array.of(1, 2, 3), 2)]).toEqual([3, 2, 1, 2, 3, 2, 1]);
    expect([...reflectPad(Float32Array.of(7), 0)]).toEqual([7]);
  });

  it('refuses to mirror more than there is', () => {
    expect(() => reflectPad(new Float32Array(2), 2)).toThrow(
      /left=2 must be less than the 2 samples/,
    );
    expect(() => reflectPad(new Float32Array(3), 0, 3)).toThrow(/right=3/);
    expect(() => reflectPad(new Float32Array(3), -1)).toThrow(/whole number/);
    expect(() => reflectPad(new Float32Array(3), 0.5)).toThrow(/whole number/);
  });
});
