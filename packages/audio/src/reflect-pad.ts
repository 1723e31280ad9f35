/**
 * Mirrors the signal at both ends without repeating the end samples, as `torch.nn.functional.pad(mode='reflect')`:
 * `[1, 2, 3, 4]` padded by 2 and 1 is `[3, 2, 1, 2, 3, 4, 3]`.
 *
 * @param audio samples; more than either padding
 * @param left samples to put before
 * @param right samples to put after, as many as before if not given
 * @throws RangeError where the signal is too short to be mirrored so far
 */
export function reflectPad(audio: Float32Array, left: number, right = left): Float32Array {
  for (const [name, value] of [
    ['left', left],
    ['right', right],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(
        `reflectPad: ${name}=${value} must be a whole number of at least 0, because it counts samples; round it`,
      );
    }
    if (value > 0 && value >= audio.length) {
      throw new RangeError(
        `reflectPad: ${name}=${value} must be less than the ${audio.length} samples there are, because the mirror has no more to show; give longer audio`,
      );
    }
  }
  const result = new Float32Array(left + audio.length + right);
  result.set(audio, left);
  for (let i = 1; i <= left; i++) result[left - i] = audio[i];
  const end = left + audio.length;
  for (let i = 0; i < right; i++) result[end + i] = audio[audio.length - 2 - i];
  return result;
}
