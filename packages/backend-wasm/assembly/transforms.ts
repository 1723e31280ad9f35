import { multiplyAdd, multiplySubtract } from './lanes';

// One-dimensional Winograd/Toom-Cook transforms, four channels side by side.
//
// A convolution of m outputs and r taps is a product of polynomials, which needs m + r - 1 multiplications
// where the direct way needs m · r: evaluate both sides at as many points, multiply, interpolate. Signals go
// through `Bᵀ` here, sums of products through `Aᵀ`; filters are transformed when they are packed, by
// matrices that `schemes.ts` works out. (Lavin and Gray, 2016; Toom, 1963.)

/** Bᵀ for the points 0, ±1, ±2, ±½, ∞: eight samples to eight values, `step` bytes apart. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function forward8(
  x0: v128,
  x1: v128,
  x2: v128,
  x3: v128,
  x4: v128,
  x5: v128,
  x6: v128,
  x7: v128,
  to: usize,
  step: usize,
): void {
  const fourth = f32x4.splat(4.25);
  const half = f32x4.splat(2.5);
  v128.store(to, multiplyAdd(f32x4.splat(5.25), f32x4.sub(x4, x2), f32x4.sub(x0, x6)));
  let even = multiplySubtract(x4, fourth, f32x4.add(x2, x6));
  let odd = multiplySubtract(x3, fourth, f32x4.add(x1, x5));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  even = multiplyAdd(x2, f32x4.splat(0.25), multiplySubtract(x4, f32x4.splat(1.25), x6));
  odd = multiplyAdd(x1, f32x4.splat(0.5), multiplySubtract(x3, half, f32x4.add(x5, x5)));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  even = multiplyAdd(x2, f32x4.splat(4), multiplySubtract(x4, f32x4.splat(5), x6));
  odd = multiplyAdd(x5, f32x4.splat(0.5), multiplySubtract(x3, half, f32x4.add(x1, x1)));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  to += step;
  v128.store(to, multiplyAdd(f32x4.splat(5.25), f32x4.sub(x3, x5), f32x4.sub(x7, x1)));
}

/** Bᵀ for the points 0, ±1, ±2, ½, ∞: seven samples to seven values, `step` bytes apart. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function forward7(
  x0: v128,
  x1: v128,
  x2: v128,
  x3: v128,
  x4: v128,
  x5: v128,
  x6: v128,
  to: usize,
  step: usize,
): void {
  const half = f32x4.splat(0.5);
  const two = f32x4.splat(2);
  const four = f32x4.splat(4);
  const five = f32x4.splat(5);
  const middle = f32x4.splat(2.5);
  // -2 x0 + 4 x1 + 5/2 x2 - 5 x3 - 1/2 x4 + x5
  let value = multiplySubtract(x0, two, multiplySubtract(x4, half, x5));
  value = multiplyAdd(x1, four, multiplyAdd(x2, middle, value));
  v128.store(to, multiplySubtract(x3, five, value));
  let low = multiplyAdd(x1, two, multiplySubtract(x2, four, multiplySubtract(x3, half, x4)));
  let high = multiplyAdd(x2, two, multiplySubtract(x3, four, multiplySubtract(x4, half, x5)));
  to += step;
  v128.store(to, f32x4.add(high, low));
  to += step;
  v128.store(to, f32x4.sub(high, low));
  low = multiplyAdd(f32x4.sub(x1, x3), half, f32x4.sub(x4, x2));
  high = multiplyAdd(f32x4.sub(x2, x4), half, f32x4.sub(x5, x3));
  to += step;
  v128.store(to, multiplyAdd(low, two, high));
  to += step;
  v128.store(to, multiplySubtract(low, two, high));
  to += step;
  v128.store(to, multiplyAdd(x1, four, multiplySubtract(x3, five, x5)));
  // -2 x1 + 4 x2 + 5/2 x3 - 5 x4 - 1/2 x5 + x6
  value = multiplySubtract(x1, two, multiplySubtract(x5, half, x6));
  value = multiplyAdd(x2, four, multiplyAdd(x3, middle, value));
  to += step;
  v128.store(to, multiplySubtract(x4, five, value));
}

/** Aᵀ for the eight points of {@link forward8}: `outputs` rows, four to seven of them. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function backward8(
  m0: v128,
  m1: v128,
  m2: v128,
  m3: v128,
  m4: v128,
  m5: v128,
  m6: v128,
  infinity: v128,
  outputs: i32,
  to: usize,
  step: usize,
): void {
  const s1 = f32x4.add(m1, m2);
  const d1 = f32x4.sub(m1, m2);
  const s2 = f32x4.add(m3, m4);
  const d2 = f32x4.sub(m3, m4);
  const s3 = f32x4.add(m5, m6);
  const d3 = f32x4.sub(m5, m6);
  v128.store(to, f32x4.add(f32x4.add(m0, s1), f32x4.add(s2, s3)));
  to += step;
  v128.store(to, multiplyAdd(f32x4.splat(0.5), d3, multiplyAdd(f32x4.splat(2), d2, d1)));
  to += step;
  v128.store(to, multiplyAdd(f32x4.splat(0.25), s3, multiplyAdd(f32x4.splat(4), s2, s1)));
  to += step;
  let last = multiplyAdd(f32x4.splat(0.125), d3, multiplyAdd(f32x4.splat(8), d2, d1));
  if (outputs > 4) {
    v128.store(to, last);
    to += step;
    last = multiplyAdd(f32x4.splat(0.0625), s3, multiplyAdd(f32x4.splat(16), s2, s1));
  }
  if (outputs > 5) {
    v128.store(to, last);
    to += step;
    last = multiplyAdd(f32x4.splat(0.03125), d3, multiplyAdd(f32x4.splat(32), d2, d1));
  }
  if (outputs > 6) {
    v128.store(to, last);
    to += step;
    last = multiplyAdd(f32x4.splat(0.015625), s3, multiplyAdd(f32x4.splat(64), s2, s1));
  }
  v128.store(to, f32x4.add(last, infinity));
}

/** Aᵀ for the seven points of {@link forward7}: four rows. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function backward7(
  m0: v128,
  m1: v128,
  m2: v128,
  m3: v128,
  m4: v128,
  m5: v128,
  infinity: v128,
  to: usize,
  step: usize,
): void {
  const s1 = f32x4.add(m1, m2);
  const d1 = f32x4.sub(m1, m2);
  const s2 = f32x4.add(m3, m4);
  const d2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, s1), f32x4.add(s2, m5)));
  to += step;
  v128.store(to, multiplyAdd(f32x4.splat(0.5), m5, multiplyAdd(f32x4.splat(2), d2, d1)));
  to += step;
  v128.store(to, multiplyAdd(f32x4.splat(0.25), m5, multiplyAdd(f32x4.splat(4), s2, s1)));
  to += step;
  const odd = multiplyAdd(f32x4.splat(8), d2, d1);
  v128.store(to, f32x4.add(infinity, multiplyAdd(f32x4.splat(0.125), m5, odd)));
}

/** A for the eight points of {@link forward8}: gradients of up to seven outputs to those of the products. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function adjoint8(
  y0: v128,
  y1: v128,
  y2: v128,
  y3: v128,
  y4: v128,
  y5: v128,
  y6: v128,
  last: v128,
  to: usize,
  step: usize,
): void {
  v128.store(to, y0);
  let even = f32x4.add(f32x4.add(y0, y2), f32x4.add(y4, y6));
  let odd = f32x4.add(f32x4.add(y1, y3), y5);
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  even = horner(f32x4.splat(4), y0, y2, y4, y6);
  odd = f32x4.mul(f32x4.splat(2), horner(f32x4.splat(4), y1, y3, y5, f32x4.splat(0)));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  even = horner(f32x4.splat(0.25), y0, y2, y4, y6);
  odd = f32x4.mul(f32x4.splat(0.5), horner(f32x4.splat(0.25), y1, y3, y5, f32x4.splat(0)));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  to += step;
  v128.store(to, last);
}

/** A for the seven points of {@link forward7} and four outputs. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function adjoint7(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, step: usize): void {
  v128.store(to, y0);
  let even = f32x4.add(y0, y2);
  let odd = f32x4.add(y1, y3);
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  even = multiplyAdd(y2, f32x4.splat(4), y0);
  odd = multiplyAdd(y3, f32x4.splat(8), f32x4.add(y1, y1));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, f32x4.sub(even, odd));
  even = multiplyAdd(y2, f32x4.splat(0.25), y0);
  odd = multiplyAdd(y3, f32x4.splat(0.125), f32x4.mul(y1, f32x4.splat(0.5)));
  to += step;
  v128.store(to, f32x4.add(even, odd));
  to += step;
  v128.store(to, y3);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function horner(x: v128, a: v128, b: v128, c: v128, d: v128): v128 {
  return multiplyAdd(x, multiplyAdd(x, multiplyAdd(x, d, c), b), a);
}
