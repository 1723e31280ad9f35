import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { colourOf, colourOfDifference } from './colour-map.js';
import { drawMel, drawMelDifference, melRange, type Picture, toPng } from './spectrogram-image.js';

/** Row-major `[frames, mels]`: frame 0 is 0, 1; frame 1 is 2, 3. */
const mel = { data: Float32Array.of(0, 1, 2, 3), frames: 2, mels: 2 };

function pixelsOf(picture: Picture) {
  const image = decode(toPng(picture));
  expect([image.width, image.height, image.channels]).toEqual([picture.width, picture.height, 3]);
  return (x: number, y: number) => [
    ...image.data.slice((y * image.width + x) * 3, (y * image.width + x) * 3 + 3),
  ];
}

test('time to the right, low bands below, louder is brighter', () => {
  expect(melRange(mel)).toEqual({ low: 0, high: 3 });
  const image = drawMel(mel, { low: 0, high: 3 });
  expect([image.width, image.height]).toEqual([6, 6]);
  const at = pixelsOf(image);
  const corners = [at(0, 5), at(0, 0), at(5, 5), at(5, 0)];
  expect(corners).toEqual([0, 1 / 3, 2 / 3, 1].map((share) => [...colourOf(share)]));
  expect([at(2, 3), at(3, 2)]).toEqual([at(0, 5), at(5, 0)]);
});

test('several mels have one scale, and a picture may have a width of its own', () => {
  const louder = { ...mel, data: Float32Array.of(1, 1, 1, 7) };
  expect(melRange(mel, louder)).toEqual({ low: 0, high: 7 });
  const narrow = drawMel(mel, melRange(mel), 2);
  expect(narrow.width).toBe(2);
  expect(pixelsOf(narrow)(1, 0)).toEqual([...colourOf(1)]);
});

test('silence has a scale, too', () => {
  const flat = { ...mel, data: new Float32Array(4).fill(-11) };
  expect(melRange(flat)).toEqual({ low: -11, high: -10 });
  expect(pixelsOf(drawMel(flat, melRange(flat)))(0, 0)).toEqual([...colourOf(0)]);
});

test('differences: red is more, blue is less; the shorter counts', () => {
  const other = { data: Float32Array.of(0, 4, -1, 3, 9, 9), frames: 3, mels: 2 };
  const at = pixelsOf(drawMelDifference(mel, other));
  expect([at(0, 5), at(0, 0), at(5, 5)]).toEqual(
    [0, 1, -1].map((share) => [...colourOfDifference(share)]),
  );
});

test('hours are no wider than a screen', () => {
  const frames = 100_000;
  const { width } = drawMel(
    { data: new Float32Array(frames), frames, mels: 1 },
    { low: 0, high: 1 },
  );
  expect(width).toBe(1500);
});
