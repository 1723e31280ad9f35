import { describe, expect, it } from 'vitest';
import { bfloat16ToFloat, floatToBfloat16, floatToHalf, halfToFloat } from './half.js';

describe('half', () => {
  it('returns every half', () => {
    for (let half = 0; half < 0x10000; half++) {
      const value = halfToFloat(half);
      if (Number.isNaN(value)) expect(floatToHalf(value) & 0x7fff).toBeGreaterThan(0x7c00);
      else expect(floatToHalf(value)).toBe(half);
    }
  });

  it('rounds to the nearest, ties to even', () => {
    for (let half = 0; half < 0x7bff; half++) {
      const middle = (halfToFloat(half) + halfToFloat(half + 1)) / 2;
      const even = half & 1 ? half + 1 : half;
      expect(floatToHalf(middle)).toBe(even);
      expect(floatToHalf(middle * (1 + 2 ** -20))).toBe(half + 1);
      expect(floatToHalf(-middle * (1 - 2 ** -20))).toBe(half | 0x8000);
    }
  });

  it('passes into infinity beyond its largest and into zero below its smallest', () => {
    expect([65504, 65519, 65520, 1e10, Number.POSITIVE_INFINITY].map(floatToHalf)).toEqual([
      0x7bff, 0x7bff, 0x7c00, 0x7c00, 0x7c00,
    ]);
    expect([2 ** -25, 2 ** -25 * 1.01, 1e-30, 0, -0].map(floatToHalf)).toEqual([
      0, 1, 0, 0, 0x8000,
    ]);
  });
});

describe('bfloat16', () => {
  it('returns every one', () => {
    for (let code = 0; code < 0x10000; code++) {
      const value = bfloat16ToFloat(code);
      if (Number.isNaN(value)) expect(floatToBfloat16(value)).toBe(0x7fc0);
      else expect(floatToBfloat16(value)).toBe(code);
    }
  });

  it('rounds to the nearest, ties to even, and beyond its largest to infinity', () => {
    for (let code = 0; code < 0x7f7f; code++) {
      const middle = (bfloat16ToFloat(code) + bfloat16ToFloat(code + 1)) / 2;
      expect(floatToBfloat16(middle)).toBe(code & 1 ? code + 1 : code);
      expect(floatToBfloat16(-middle)).toBe((code & 1 ? code + 1 : code) | 0x8000);
    }
    expect(floatToBfloat16(3.4e38)).toBe(0x7f80);
    expect(floatToBfloat16(1.001)).toBe(0x3f80);
    expect(floatToBfloat16(1.007)).toBe(0x3f81);
  });
});
