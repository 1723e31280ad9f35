import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fastLog } from './fast-log.js';

describe('fastLog', () => {
  it('is the logarithm wherever mel magnitudes can lie', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(fastLog(x) - Math.log(x))).toBeLessThan(
          1e-12 * (1 + Math.abs(Math.log(x))),
        );
      }),
    );
    for (let x = 1e-5; x < 1e3; x *= 1.0007) {
      expect(Math.abs(fastLog(x) - Math.log(x))).toBeLessThan(1e-12);
    }
  });

  it('meets the edges of its tables', () => {
    for (const x of [1, 2, 0.5, 1 + 1 / 128, 2 - Number.EPSILON, 1e-5, 1e-307, 8e307]) {
      expect(Math.abs(fastLog(x) - Math.log(x))).toBeLessThan(2e-12);
    }
  });
});
