/**
 * Mixes channels into one by their mean, which cannot clip.
 *
 * @param channels at least one array, all of one length
 * @returns the array itself where there is only one
 * @throws RangeError where there is none, or lengths differ
 */
export function toMono(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 0) {
    throw new RangeError(
      'toMono: channels.length=0 must be at least 1, because nothing has no sound; give one array a channel',
    );
  }
  const [first] = channels;
  if (channels.length === 1) return first;
  const sum = Float64Array.from(first);
  for (const [index, channel] of channels.entries()) {
    if (channel.length !== first.length) {
      throw new RangeError(
        `toMono: channels[${index}].length=${channel.length} must be ${first.length} as in channels[0], because they sound together; pad or trim it`,
      );
    }
    if (index > 0) for (let i = 0; i < sum.length; i++) sum[i] += channel[i];
  }
  return Float32Array.from(sum, (value) => value / channels.length);
}
