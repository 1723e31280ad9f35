// Bits of float64.
const MANTISSA: i32 = 52;
const ONE: i64 = 0x3ff0000000000000;
const ROOT_OF_HALF: i64 = 0x3fe6a09e667f3bcd;
/** 2^52, whose last bits are ones. */
const TWO_52: i64 = 0x4330000000000000;

/**
 * The natural logarithms of two normal positive numbers, within 3e-11.
 *
 * x = 2^e m with m from √½ to √2, and ln m = 2 artanh s with s = (m − 1) / (m + 1), so |s| < 0.172: its series to s¹¹.
 */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function logarithm(x: v128): v128 {
  const one = f64x2.splat(1);
  const biased = i64x2.shr_u(i64x2.add(x, i64x2.splat(ONE - ROOT_OF_HALF)), MANTISSA);
  const m = i64x2.sub(x, i64x2.sub(i64x2.shl(biased, MANTISSA), i64x2.splat(ONE)));
  // As the last bits of 2^52 they are that many more.
  const e = f64x2.sub(v128.or(biased, i64x2.splat(TWO_52)), f64x2.splat(4503599627370496 + 1023));
  const s = f64x2.div(f64x2.sub(m, one), f64x2.add(m, one));
  const square = f64x2.mul(s, s);
  let series = f64x2.splat(2.0 / 11);
  series = f64x2.add(f64x2.mul(series, square), f64x2.splat(2.0 / 9));
  series = f64x2.add(f64x2.mul(series, square), f64x2.splat(2.0 / 7));
  series = f64x2.add(f64x2.mul(series, square), f64x2.splat(2.0 / 5));
  series = f64x2.add(f64x2.mul(series, square), f64x2.splat(2.0 / 3));
  series = f64x2.add(f64x2.mul(series, square), f64x2.splat(2));
  return f64x2.add(f64x2.mul(e, f64x2.splat(0.6931471805599453)), f64x2.mul(s, series));
}
