import { expectClose } from '@hifigan/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complexBuffer, createFourier } from './fourier.js';

/** The definition, term by term. */
function naive(data: readonly number[], sign: number): number[] {
  const size = data.length / 2;
  const out: number[] = [];
  for (let k = 0; k < size; k++) {
    let re = 0;
    let im = 0;
    for (let n = 0; n < size; n++) {
      const angle = (sign * 2 * Math.PI * ((k * n) % size)) / size;
      re += data[2 * n] * Math.cos(angle) - data[2 * n + 1] * Math.sin(angle);
      im += data[2 * n] * Math.sin(angle) + data[2 * n + 1] * Math.cos(angle);
    }
    out.push(re, im);
  }
  return out;
}

function signal(size: number): number[] {
  return Array.from({ length: 2 * size }, (_, i) => Math.sin(i * i + 1));
}

function forward(data: number[]): number[] {
  const out = complexBuffer(data.length / 2);
  createFourier(data.length / 2).forward(out, data);
  return out;
}

const values = (size: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: size, maxLength: size });
const sizes = fc.constantFrom(2, 3, 4, 5, 8, 12, 16, 30, 64, 101);
const signals = sizes.chain((size) => fc.tuple(values(2 * size), values(2 * size)));

describe('createFourier', () => {
  it.each([2, 4, 8, 64, 512, 3, 5, 7, 12, 100, 257, 600])('size %i is the definition', (size) => {
    const data = signal(size);
    expectClose(forward(data), naive(data, -1), { max: 1e-11 });
    const out = complexBuffer(size);
    createFourier(size).inverse(out, data);
    expectClose(
      out,
      naive(data, 1).map((value) => value / size),
      { max: 1e-12 },
    );
  });

  it('is what one computes by hand', () => {
    // 1, 2, 3: the sum, then 1 + 2w + 3w² with w = exp(−2πi/3).
    expectClose(
      forward([1, 0, 2, 0, 3, 0]),
      [6, 0, -1.5, Math.sqrt(3) / 2, -1.5, -Math.sqrt(3) / 2],
      { max: 1e-14 },
    );
    expectClose(forward([1, 0, 0, 0, 0, 0, 0, 0]), [1, 0, 1, 0, 1, 0, 1, 0], { max: 0 });
    expectClose(forward([0, 0, 1, 0, 0, 0, 0, 0]), [1, 0, 0, -1, -1, 0, 0, 1], { max: 1e-16 });
  });

  it('is linear', () => {
    fc.assert(
      fc.property(signals, fc.double({ min: -2, max: 2, noNaN: true }), ([x, y], factor) => {
        const [fx, fy] = [forward(x), forward(y)];
        expectClose(
          forward(x.map((value, i) => value + factor * y[i])),
          fx.map((value, i) => value + factor * fy[i]),
          { max: 1e-11 },
        );
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the energy (Parseval) and comes back', () => {
    fc.assert(
      fc.property(signals, ([x]) => {
        const size = x.length / 2;
        const energy = (data: readonly number[]) => data.reduce((sum, v) => sum + v * v, 0);
        const spectrum = forward(x);
        expect(Math.abs(energy(spectrum) / size - energy(x))).toBeLessThan(1e-10);
        const back = complexBuffer(size);
        createFourier(size).inverse(back, spectrum);
        expectClose(back, x, { max: 1e-13 });
      }),
      { numRuns: 40 },
    );
  });

  it('refuses sizes that are none', () => {
    for (const size of [0, 1, -4, 2.5, Number.NaN]) {
      expect(() => createFourier(size)).toThrow(/whole number of at least 2/);
    }
  });
});
