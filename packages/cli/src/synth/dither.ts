/**
 * Adds triangular noise of one unit of the last bit to each side (TPDF), so that the error of rounding does not depend on
 * the sound: quiet tails fade into noise and not into distortion. The noise is the same each time.
 *
 * @param bits of the whole numbers that the samples are rounded to
 */
export function createDither(bits: number): (samples: Float32Array) => Float32Array {
  const unit = 2 ** (1 - bits);
  let state = 0x9e3779b9;
  const uniform = () => {
    // xorshift32: its low bits are as good as the high ones.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  return (samples) => samples.map((value) => value + unit * (uniform() - uniform()));
}
