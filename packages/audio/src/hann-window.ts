/**
 * The periodic Hann window, `0.5 − 0.5·cos(2πn/size)`, as `torch.hann_window` and
 * `scipy.signal.get_window('hann')` make it.
 *
 * @param size number of samples, at least 1
 */
export function hannWindow(size: number): Float64Array {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new RangeError(
      `hannWindow: size=${size} must be a whole number of at least 1, because it counts samples; give win_size`,
    );
  }
  // The formula gives 0; both libraries give 1, so that a frame of one sample is not lost.
  if (size === 1) return Float64Array.of(1);
  return Float64Array.from(
    { length: size },
    (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size),
  );
}
