import { expect, it } from 'vitest';
import { GOLDEN_FRAMES, loudestFrames } from './loudest-frames.js';

/** Frames of two bands: their own number, and a level. */
function melOf(levels: readonly number[]) {
  const data = Float32Array.from(levels.flatMap((level, frame) => [frame / 1000, level]));
  return { data, frames: levels.length, mels: 2 };
}

it('takes the part with the largest sum, wherever it is', () => {
  for (const loud of [0, 7, 52]) {
    const levels = Array.from({ length: 100 }, (_, frame) =>
      frame >= loud && frame < loud + GOLDEN_FRAMES ? 1 : -11,
    );
    const { data, frames, mels } = loudestFrames(melOf(levels));
    expect([frames, mels, Math.round(1000 * data[0])]).toEqual([GOLDEN_FRAMES, 2, loud]);
  }
});

it('takes all of a mel that has no more', () => {
  const mel = melOf([1, 2, 3]);
  expect(loudestFrames(mel)).toEqual(mel);
});
