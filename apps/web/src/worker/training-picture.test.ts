import { expect, test } from 'vitest';
import { drawTraining } from './training-picture.js';

const SIZE = { width: 101, height: 51 };
const LOSS = [150, 110, 190, 255];
const HELD_OUT = [253, 196, 104, 255];

function pixel(pixels: Uint8ClampedArray, x: number, y: number): number[] {
  return [...pixels.subarray(4 * (y * SIZE.width + x), 4 * (y * SIZE.width + x) + 4)];
}

test('the loss of each step stands at its step, larger ones higher', () => {
  const losses = [3, 2, 1, 2];
  const { pixels, low, high } = drawTraining({ losses, validations: [] }, SIZE);
  // 8 % of what lies between them on both sides.
  expect(low).toBeCloseTo(0.84, 6);
  expect(high).toBeCloseTo(3.16, 6);
  const row = (value: number) => Math.round(((3.16 - value) / 2.32) * 50);
  losses.forEach((loss, index) => {
    expect(pixel(pixels!, 25 * (index + 1), row(loss))).toEqual(LOSS);
  });
  // Joined in between, and nothing else.
  expect(pixel(pixels!, 88, row(1.52))).toEqual(LOSS);
  expect(pixel(pixels!, 88, row(3))).toEqual([0, 0, 0, 0]);
  expect(pixel(pixels!, 10, row(3))).toEqual([0, 0, 0, 0]);
});

test('validations stand over it, from the beginning on, and both have one axis', () => {
  const validations = [
    { steps: 0, mel: 4 },
    { steps: 2, mel: 2 },
  ];
  const { pixels, high } = drawTraining({ losses: [3, 3], validations }, SIZE);
  expect(high).toBeCloseTo(4.16, 6);
  const row = (value: number) => Math.round(((4.16 - value) / 2.32) * 50);
  expect(pixel(pixels!, 0, row(4))).toEqual(HELD_OUT);
  expect(pixel(pixels!, 100, row(2))).toEqual(HELD_OUT);
  // Where they cross, held-out is in front.
  expect(pixel(pixels!, 50, row(3))).toEqual(HELD_OUT);
  expect(pixel(pixels!, 80, row(3))).toEqual(LOSS);
});

test('where there is nothing, or one value, it is no division by zero', () => {
  expect(drawTraining({ losses: [], validations: [] }, SIZE)).toEqual(SIZE);
  const { low, high } = drawTraining({ losses: [], validations: [{ steps: 0, mel: 2 }] }, SIZE);
  expect([low, high]).toEqual([1.84, 2.16]);
  const { pixels } = drawTraining({ losses: [Number.NaN, 1, 2], validations: [] }, SIZE);
  expect(pixels!.some((value) => value > 0)).toBe(true);
});

test('of thousands of steps each column shows from its least to its most', () => {
  const losses = Array.from({ length: 10_000 }, (_, step) => (step === 4990 ? 9 : 1 + (step % 2)));
  const { pixels, high } = drawTraining({ losses, validations: [] }, SIZE);
  const low = 1 - 0.08 * 8;
  const row = (value: number) => Math.round(((high! - value) / (high! - low)) * 50);
  expect(pixel(pixels!, 50, row(9))).toEqual(LOSS);
  expect(pixel(pixels!, 50, row(5))).toEqual(LOSS);
  for (const x of [1, 20, 99]) {
    expect(pixel(pixels!, x, row(1))).toEqual(LOSS);
    expect(pixel(pixels!, x, row(2))).toEqual(LOSS);
    expect(pixel(pixels!, x, row(5))).toEqual([0, 0, 0, 0]);
  }
});
