import { expect, test } from 'vitest';
import { pairedClip } from './clip.js';

const HOP = 4;
const options = { hopSize: HOP, where: { audio: 'a.wav', mel: 'a.npy' } };

const audioOf = (samples: number) => Float32Array.from({ length: samples }, (_, i) => i);
const melOf = (frames: number) => ({
  data: Float32Array.from({ length: frames * 2 }, (_, i) => Math.floor(i / 2)),
  frames,
  mels: 2,
});

test.each([
  // samples, frames of the mel, frames of both
  [12, 3, 3],
  [15, 3, 3],
  [12, 4, 3],
  [15, 4, 3],
  [12, 2, 2],
  [15, 2, 2],
])('%i samples and %i frames become %i frames, from the first on', (samples, frames, both) => {
  const { audio, mel } = pairedClip(audioOf(samples), melOf(frames), options);
  expect(audio).toEqual(audioOf(both * HOP));
  expect(mel).toEqual(melOf(both));
});

test('a larger mismatch is refused, with both files and lengths', () => {
  for (const frames of [1, 5]) {
    expect(() => pairedClip(audioOf(15), melOf(frames), options)).toThrow(
      `a.npy: it has ${frames} frames and must have 3, give or take one, because a.wav has 15 samples and a frame is 4`,
    );
  }
});

test('less than a frame is refused', () => {
  expect(() => pairedClip(audioOf(3), melOf(1), options)).toThrow(
    'a.wav: its 3 samples must be at least 4',
  );
});
