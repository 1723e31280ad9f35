import { expect, test } from 'vitest';
import { colourOf, colourOfDifference } from './colour-map.js';

test('louder is brighter, and beyond the ends there is nothing more', () => {
  const brightness = (share: number) => {
    const [r, g, b] = colourOf(share);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let i = 0; i < 100; i++)
    expect(brightness((i + 1) / 100)).toBeGreaterThan(brightness(i / 100));
  expect(colourOf(-1)).toEqual(colourOf(0));
  expect(colourOf(2)).toEqual([253, 231, 37]);
});

test('no difference is white, and the sides have colours of their own', () => {
  expect(colourOfDifference(0)).toEqual([247, 247, 247]);
  const [red, , blue] = colourOfDifference(1);
  expect(red).toBeGreaterThan(blue);
  const [lessRed, , moreBlue] = colourOfDifference(-1);
  expect(moreBlue).toBeGreaterThan(lessRed);
  expect(colourOfDifference(7)).toEqual(colourOfDifference(1));
});
