// Functions of four float32 by way of float64, to the last bit or so of float32.

const LOG2_E: f64 = 1.4426950408889634;
const LN_2: f64 = 0.6931471805599453;
/** Its upper bits, so that products with small whole numbers are exact. */
const LN_2_HIGH: f64 = 0.693147180369123816490;
const LN_2_LOW: f64 = 1.90821492927058770002e-10;
/** Upper half of the bits of the root of 1/2. */
const ROOT_OF_HALF: i64 = 0x3fe6a09e00000000;

export function exponential(x: v128): v128 {
  // Beyond, float32 has infinity and 0.
  const inside = f32x4.max(f32x4.min(x, f32x4.splat(89)), f32x4.splat(-104));
  const zero = f64x2.splat(0);
  const low = exponentialLess(f64x2.promote_low_f32x4(inside), zero);
  const high = exponentialLess(f64x2.promote_low_f32x4(upper(inside)), zero);
  return together(low, high);
}

export function hyperbolicTangent(x: v128): v128 {
  const size = f32x4.min(f32x4.abs(x), f32x4.splat(20));
  const low = tangent(f64x2.promote_low_f32x4(size));
  const high = tangent(f64x2.promote_low_f32x4(upper(size)));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  return v128.or(together(low, high), sign);
}

/** Natural. -Infinity at 0, NaN below. */
export function logarithm(x: v128): v128 {
  const low = logarithmOfPositive(f64x2.promote_low_f32x4(x));
  const high = logarithmOfPositive(f64x2.promote_low_f32x4(upper(x)));
  const infinity = f32x4.splat(Infinity);
  const zero = f32x4.splat(0);
  let y = together(low, high);
  y = v128.bitselect(infinity, y, f32x4.eq(x, infinity));
  y = v128.bitselect(f32x4.neg(infinity), y, f32x4.eq(x, zero));
  return v128.bitselect(y, f32x4.splat(NaN), f32x4.ge(x, zero));
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function upper(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 3, 2, 3);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function together(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** (e^2x - 1) / (e^2x + 1), for x >= 0 */
function tangent(x: v128): v128 {
  const less = exponentialLess(f64x2.add(x, x), f64x2.splat(1));
  return f64x2.div(less, f64x2.add(less, f64x2.splat(2)));
}

/** e^x less 0 or 1, without cancellation near 0; relative error 1e-11. */
function exponentialLess(x: v128, less: v128): v128 {
  const power = f64x2.nearest(f64x2.mul(x, f64x2.splat(LOG2_E)));
  const high = f64x2.sub(x, f64x2.mul(power, f64x2.splat(LN_2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(power, f64x2.splat(LN_2_LOW)));
  // e^r - 1 by Taylor's series, |r| <= ln 2 / 2.
  let q = f64x2.add(f64x2.mul(r, f64x2.splat(1.0 / 362880)), f64x2.splat(1.0 / 40320));
  q = f64x2.add(f64x2.mul(r, q), f64x2.splat(1.0 / 5040));
  q = f64x2.add(f64x2.mul(r, q), f64x2.splat(1.0 / 720));
  q = f64x2.add(f64x2.mul(r, q), f64x2.splat(1.0 / 120));
  q = f64x2.add(f64x2.mul(r, q), f64x2.splat(1.0 / 24));
  q = f64x2.add(f64x2.mul(r, q), f64x2.splat(1.0 / 6));
  q = f64x2.add(f64x2.mul(r, q), f64x2.splat(0.5));
  q = f64x2.add(f64x2.mul(f64x2.mul(r, r), q), r);
  const whole = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(power));
  const scale = i64x2.shl(i64x2.add(whole, i64x2.splat(1023)), 52);
  return f64x2.add(f64x2.mul(scale, q), f64x2.sub(scale, less));
}

function logarithmOfPositive(x: v128): v128 {
  // x = m · 2^power, m from the root of 1/2 to that of 2.
  const power = i64x2.shr_s(i64x2.sub(x, i64x2.splat(ROOT_OF_HALF)), 52);
  const m = i64x2.sub(x, i64x2.shl(power, 52));
  const f = f64x2.sub(m, f64x2.splat(1));
  // ln m = 2 artanh s
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const z = f64x2.mul(s, s);
  let q = f64x2.add(f64x2.mul(z, f64x2.splat(2.0 / 13)), f64x2.splat(2.0 / 11));
  q = f64x2.add(f64x2.mul(z, q), f64x2.splat(2.0 / 9));
  q = f64x2.add(f64x2.mul(z, q), f64x2.splat(2.0 / 7));
  q = f64x2.add(f64x2.mul(z, q), f64x2.splat(2.0 / 5));
  q = f64x2.add(f64x2.mul(z, q), f64x2.splat(2.0 / 3));
  q = f64x2.add(f64x2.mul(z, q), f64x2.splat(2));
  const whole = f64x2.convert_low_i32x4_s(v128.shuffle<i32>(power, power, 0, 2, 0, 2));
  return f64x2.add(f64x2.mul(whole, f64x2.splat(LN_2)), f64x2.mul(s, q));
}
