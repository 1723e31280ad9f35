/** IEEE 754 binary16 to a number. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The nearest IEEE 754 binary16, ties to even; beyond 65,504 infinity. */
export function floatToHalf(value: number): number {
  float[0] = value;
  const sign = (bits[0] >>> 16) & 0x8000;
  const exponent = (bits[0] >>> 23) & 0xff;
  const fraction = bits[0] & 0x7fffff;
  if (exponent === 0xff) return sign | 0x7c00 | (fraction ? 0x200 : 0);
  // Shift the 24-bit significand so that its last kept bit stands for 2^-24 or the half's own last place.
  const shift = Math.max(13, 126 - exponent);
  if (shift > 24) return sign;
  const significand = fraction | (exponent ? 0x800000 : 0);
  const kept = significand >>> shift;
  const rest = significand & ((1 << shift) - 1);
  const tie = 1 << (shift - 1);
  const rounded = kept + (rest > tie || (rest === tie && kept & 1) ? 1 : 0);
  // A carry runs into the exponent, which is what rounding up means there too.
  const magnitude = shift > 13 ? rounded : ((exponent - 113) << 10) + rounded;
  return sign | Math.min(magnitude, 0x7c00);
}

/** bfloat16, which is the upper half of a float32, to a number. */
export function bfloat16ToFloat(value: number): number {
  bits[0] = value << 16;
  return float[0];
}

/** The nearest bfloat16, ties to even. */
export function floatToBfloat16(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return 0x7fc0;
  // A carry runs into the exponent, which is what rounding up means there too.
  return ((bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) >>> 16) & 0xffff;
}
