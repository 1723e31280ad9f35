import { encode } from 'fast-png';
import { GLYPH_HEIGHT, GLYPH_WIDTH, isInk } from './font.js';

export type Colour = readonly [number, number, number];

/** What pictures are drawn on and with. */
export const PAPER: Colour = [255, 255, 255];
export const INK: Colour = [40, 40, 40];

/** Pixels, red, green and blue, from the top left. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** Empty paper. */
export function createCanvas(width: number, height: number): Canvas {
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(PAPER, at);
  return { width, height, data };
}

/** The picture as a file. */
export function toPng({ width, height, data }: Canvas): Uint8Array {
  return encode({ width, height, data, channels: 3 });
}

/** Fills a rectangle; what lies outside is left out. */
export function fill(
  canvas: Canvas,
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
  canvas: Canvas,
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
