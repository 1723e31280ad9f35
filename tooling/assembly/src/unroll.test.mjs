import { describe, expect, it } from 'vitest';
import { unroll } from './unroll.mjs';

describe('unroll', () => {
  it('writes a body once for each number', () => {
    const source = `
  sum = 0;
  // unrolled
  for (let k = 0; k < 2; k++) {
    if (never & (1 << k)) {
      kept += load<f32>(at, k * 4);
    }
  }
  for (let k = 0; k < 3; k++) {
    sum++;
  }
`;
    expect(unroll(source, 'sum.ts')).toBe(`
  sum = 0;
  {
    if (never & (1 << 0)) {
      kept += load<f32>(at, 0 * 4);
    }
  }
  {
    if (never & (1 << 1)) {
      kept += load<f32>(at, 1 * 4);
    }
  }
  for (let k = 0; k < 3; k++) {
    sum++;
  }
`);
  });

  it('refuses what it does not understand', () => {
    const loop = (/** @type {string} */ head) => `  // unrolled\n  ${head} {\n    a();\n  }\n`;
    for (const head of [
      'while (k < 2)',
      'for (let k = 1; k < 2; k++)',
      'for (let k = 0; k < n; k++)',
    ]) {
      expect(() => unroll(loop(head), 'sum.ts')).toThrow(/^sum\.ts: what follows "\/\/ unrolled"/);
    }
    expect(unroll(loop('for (let k = 0; k < 2; k++)'), 'sum.ts').match(/a\(\)/g)).toHaveLength(2);
  });
});
