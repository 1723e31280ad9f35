import { describe, expect, it } from 'vitest';
import type { PictureRequest } from '../protocol.js';
import { LEVELS, paint } from './paint.js';
import { drawPicture, type Scene } from './pictures.js';
import { SpectrumColumns } from './spectrum-columns.js';

const colour = (pixels: Uint8ClampedArray, width: number, x: number, y: number) => [
  ...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 4),
];

describe('paint', () => {
  it('draws low values at the bottom in the first colour, high ones at the top in the last', () => {
    const size = { width: 2, height: 2, low: 0, high: 1, palette: LEVELS };
    const pixels = paint((x) => (x === 0 ? [0, 1] : undefined), size);
    expect(colour(pixels, 2, 0, 1)).toEqual([...LEVELS.subarray(0, 3), 255]);
    expect(colour(pixels, 2, 0, 0)).toEqual([...LEVELS.subarray(-3), 255]);
    expect(colour(pixels, 2, 1, 0)).toEqual([0, 0, 0, 0]);
  });

  it('has colours that only get lighter', () => {
    const lightness = Array.from(
      { length: 256 },
      (_, i) => 0.21 * LEVELS[3 * i] + 0.72 * LEVELS[3 * i + 1] + 0.07 * LEVELS[3 * i + 2],
    );
    for (let i = 1; i < 256; i++)
      expect(lightness[i]).toBeGreaterThanOrEqual(lightness[i - 1] - 0.8);
  });
});

it('SpectrumColumns gives a full-scale tone 0 dB in its bin', () => {
  const tone = Float32Array.from({ length: 4096 }, (_, n) =>
    Math.sin((2 * Math.PI * 64 * n) / 1024),
  );
  const column = new SpectrumColumns(1024).at(tone, 2048);
  expect(column).toHaveLength(512);
  expect(column.indexOf(Math.max(...column))).toBe(64);
  expect(column[64]).toBeCloseTo(0, 3);
  expect(column[200]).toBeLessThan(-90);
});

describe('drawPicture', () => {
  const mel = (...rows: number[]) => ({
    data: Float32Array.from(rows),
    frames: rows.length,
    mels: 1,
  });
  const scene: Scene = {
    ...{ samplingRate: 100, hopSize: 10, fftSize: 16, stretch: 2 },
    originalMel: mel(0, 8),
    generatedMel: mel(0, 0, 8, 8),
  };
  const request: PictureRequest = {
    ...{ view: 'mel', from: 0, to: 0.4, width: 4, height: 1 },
    of: 'original',
  };
  const row = (of: PictureRequest['of'], with_: Scene = scene) => {
    const { pixels } = drawPicture(with_, { ...request, of });
    return pixels && Array.from({ length: 4 }, (_, x) => colour(pixels, 4, x, 0).join());
  };

  it('stretches the original to the time of the generated sound', () => {
    const original = row('original')!;
    expect(original).toEqual(row('generated'));
    expect(original[0]).toBe(original[1]);
    expect(original[1]).not.toBe(original[2]);
    expect(new Set(row('difference')).size).toBe(1);
  });

  it('has nothing to show of what is not there', () => {
    const { generatedMel: _, ...silent } = scene;
    expect(row('generated', silent)).toBeUndefined();
    expect(row('difference', silent)).toBeUndefined();
    expect(drawPicture(silent, { ...request, view: 'spectrum' }).pixels).toBeUndefined();
  });
});
