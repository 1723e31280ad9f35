import type { Colour, Picture } from '@hifigan/train/node';
import { GLYPH_HEIGHT, GLYPH_WIDTH, isInk } from './font.js';

/** What pictures are drawn on and with. */
export const PAPER: Colour = [255, 255, 255];
export const INK: Colour = [40, 40, 40];

/** Empty paper. */
export function createCanvas(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(PAPER, at);
  return { width, height, data };
}

/** Puts a picture with its top left at (x, y); all of it must fit. */
export function paste(
  canvas: Picture,
  { width, height, data }: Picture,
  x: number,
  y: number,
): void {
  for (let row = 0; row < height; row++) {
    const pixels = data.subarray(row * width * 3, (row + 1) * width * 3);
    canvas.data.set(pixels, ((y + row) * canvas.width + x) * 3);
  }
}

/** Fills a rectangle; what lies outside is left out. */
export function fill(
  canvas: Picture,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: Colour,
): void {
  for (let row = Math.max(0, y); row < Math.min(canvas.height, y + height); row++) {
    for (let column = Math.max(0, x); column < Math.min(canvas.width, x + width); column++) {
      canvas.data.set(colour, (row * canvas.width + column) * 3);
    }
  }
}

/** Writes text with its top left at (x, y), each dot `scale` pixels wide. */
export function write(
  canvas: Picture,
  text: string,
  x: number,
  y: number,
  colour: Colour,
  scale = 2,
): void {
  for (const [i, letter] of [...text].entries()) {
    const left = x + i * (GLYPH_WIDTH + 1) * scale;
    for (let row = 0; row < GLYPH_HEIGHT; row++) {
      for (let column = 0; column < GLYPH_WIDTH; column++) {
        if (isInk(letter, column, row)) {
          fill(canvas, left + column * scale, y + row * scale, scale, scale, colour);
        }
      }
    }
  }
}

/** Pixels that a text takes. */
export function textWidth(text: string, scale = 2): number {
  return [...text].length * (GLYPH_WIDTH + 1) * scale - scale;
}
