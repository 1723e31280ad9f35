/**
 * A sample as a whole number of `bits`: rounded to the nearest, beyond full scale the largest there is (it never
 * wraps).
 *
 * @param scale full scale, 2^(bits − 1)
 * @param noise dither, in steps
 */
export function quantize(value: number, scale: number, noise = 0): number {
  return Math.max(-scale, Math.min(scale - 1, Math.round(value * scale + noise)));
}

/** How whole-number samples are made of others. */
export interface DitherOptions {
  /**
   * Adds noise of triangular density, two steps wide, before rounding (Lipshitz, Wannamaker and Vanderkooy 1992): the
   * error is then a steady hiss at the least bit and no distortion of quiet sounds. Default false.
   */
  readonly dither?: boolean;
  /** Numbers in [0, 1) for the dither; a fixed sequence if not given. Parts of one recording must share one. */
  readonly random?: () => number;
}

/** Noise of triangular density in (−1, 1), in steps. */
export function triangularNoise(random: () => number): number {
  return random() + random() - 1;
}

/**
 * How many samples are cut off where they become whole numbers: those beyond ±1 by more than a step. What is less is
 * rounded as any other sample is.
 *
 * @param bits of a whole number
 */
export function clippedSamples(audio: Float32Array, bits = 16): number {
  const most = 1 + 2 ** (1 - bits);
  let count = 0;
  for (const value of audio) if (value > most || value < -most) count += 1;
  return count;
}
