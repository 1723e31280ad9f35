import { expectClose } from '@hifigan/testkit';
import { describe, expect, test } from 'vitest';
import { peakNormalized, randomSegment } from './segment.js';

describe('peakNormalized', () => {
  test('scales the whole clip to 0.95, the lowest sample counts too', () => {
    const scaled = peakNormalized(Float32Array.of(0.1, -0.5, 0.25));
    expectClose(scaled, [0.19, -0.95, 0.475], { max: 1e-7 });
    expectClose(peakNormalized(Float32Array.of(3, -1)), [0.95, -0.95 / 3], { max: 1e-7 });
  });

  test('silence stays silence, in a copy', () => {
    const silence = new Float32Array(3);
    const result = peakNormalized(silence);
    expect([...result]).toEqual([0, 0, 0]);
    expect(result).not.toBe(silence);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'refuses %f',
    (bad) => {
      expect(() => peakNormalized(Float32Array.of(0, bad), 'a.wav')).toThrow(
        `a.wav: sample 1=${bad} must be a number`,
      );
    },
  );
});

describe('randomSegment', () => {
  const audio = Float32Array.of(1, 2, 3, 4, 5);

  test('starts anywhere, both ends included, each with the same chance', () => {
    const starts = [0, 0.33, 0.34, 0.66, 0.67, 0.9999999].map(
      (draw) => randomSegment(audio, 3, () => draw)[0],
    );
    expect(starts).toEqual([1, 1, 2, 2, 3, 3]);
  });

  test('a clip as long as the segment is the segment', () => {
    expect([...randomSegment(audio, 5, () => 0.99)]).toEqual([1, 2, 3, 4, 5]);
  });

  test('a shorter clip is followed by zeros, and a number is drawn all the same', () => {
    let draws = 0;
    const segment = randomSegment(audio, 8, () => {
      draws++;
      return 0.99;
    });
    expect([...segment]).toEqual([1, 2, 3, 4, 5, 0, 0, 0]);
    expect(draws).toBe(1);
  });
});
