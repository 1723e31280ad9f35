// Four float32 side by side, and the few things that every kernel does with them.

/** `a * b + c`; one rounding where the build has relaxed SIMD and the machine FMA, else two. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** `c - a * b` */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function multiplySubtract(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

/** Leaky ReLU for slopes in (0, 1]; NaN stays NaN. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function leaky(x: v128, slope: v128): v128 {
  return f32x4.pmax(x, f32x4.mul(x, slope));
}

/** One to three values, zeros behind them; from four on, four. */
export function loadPart(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let value = v128.load32_zero(from);
  if (count > 1) value = f32x4.replace_lane(value, 1, load<f32>(from, 4));
  if (count > 2) value = f32x4.replace_lane(value, 2, load<f32>(from, 8));
  return value;
}

/** The first one to three values; from four on, four. */
export function storePart(to: usize, value: v128, count: i32): void {
  if (count >= 4) {
    v128.store(to, value);
    return;
  }
  store<f32>(to, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(value, 2), 8);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
export function roundUp(value: i32, multiple: i32): i32 {
  return ((value + multiple - 1) / multiple) * multiple;
}
