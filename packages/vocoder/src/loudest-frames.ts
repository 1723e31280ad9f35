import type { Mel } from '@hifigan/audio';

/** Frames of a golden mel: at the usual rates half a second, which any backend speaks in about a second. */
export const GOLDEN_FRAMES = 48;

/**
 * Of a mel that a bundle shall prove itself by: the {@link GOLDEN_FRAMES} frames with the largest sum; all where there are
 * no more.
 */
export function loudestFrames({ data, frames, mels }: Mel): Mel {
  const length = Math.min(GOLDEN_FRAMES, frames);
  const sums = Array.from({ length: frames }, (_, frame) =>
    data.subarray(frame * mels, (frame + 1) * mels).reduce((sum, value) => sum + value, 0),
  );
  let sum = sums.slice(0, length).reduce((total, value) => total + value, 0);
  let best = { from: 0, sum };
  for (let from = 1; from + length <= frames; from++) {
    sum += sums[from + length - 1] - sums[from - 1];
    if (sum > best.sum) best = { from, sum };
  }
  return {
    data: data.slice(best.from * mels, (best.from + length) * mels),
    frames: length,
    mels,
  };
}
