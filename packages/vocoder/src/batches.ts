/**
 * Which of several mels are spoken at once: those of one length, as many as have no more frames than a piece may.
 * Unequal ones are not joined, since a generator pads each layer with zeros, which padded mels are not.
 *
 * @param lengths frames of each
 * @param most frames that are computed at once
 * @returns the indices of each batch; together all, each once
 */
export function batchesOf(lengths: readonly number[], most: number): number[][] {
  const batches: number[][] = [];
  /** By length: the batch that has room. */
  const open = new Map<number, number[]>();
  for (const [index, frames] of lengths.entries()) {
    const batch = open.get(frames);
    if (batch && (batch.length + 1) * frames <= most) batch.push(index);
    else {
      const begun = [index];
      open.set(frames, begun);
      batches.push(begun);
    }
  }
  return batches;
}
