/** Peak of a normalised clip; a little below full scale, so that a prediction may be louder. */
const PEAK = 0.95;

/**
 * Scales a clip to a peak of 0.95, over the whole clip and before it is cropped; silence stays silence.
 *
 * @throws RangeError where a sample is NaN or infinite
 */
export function peakNormalized(audio: Float32Array, where = 'peakNormalized'): Float32Array {
  const peak = peakOf(audio, where);
  if (peak === 0) return audio.slice();
  const factor = PEAK / peak;
  return audio.map((sample) => sample * factor);
}

/** @throws RangeError where a sample is NaN or infinite */
export function requireNumbers(audio: Float32Array, where: string): void {
  peakOf(audio, where);
}

/** @throws RangeError where a sample is NaN or infinite */
function peakOf(audio: Float32Array, where: string): number {
  let peak = 0;
  for (let i = 0; i < audio.length; i++) {
    const size = Math.abs(audio[i]);
    // Written so that NaN fails.
    if (!(size < Number.POSITIVE_INFINITY)) {
      throw new RangeError(
        `${where}: sample ${i}=${audio[i]} must be a number, because one such sample spoils the weights; repair or remove the recording`,
      );
    }
    if (size > peak) peak = size;
  }
  return peak;
}

/**
 * A random piece of a clip, any start with the same chance, both ends included; a shorter clip is followed
 * by zeros.
 *
 * @param random in [0, 1); drawn once, whatever the length
 */
export function randomSegment(
  audio: Float32Array,
  size: number,
  random: () => number,
): Float32Array {
  const draw = random();
  const spare = audio.length - size;
  const segment = new Float32Array(size);
  const start = spare > 0 ? Math.floor(draw * (spare + 1)) : 0;
  segment.set(audio.subarray(start, start + size));
  return segment;
}
