/** Values of one column of pixels, from the lowest frequency up; nothing where there is no sound. */
export type ColumnAt = (x: number) => ArrayLike<number> | undefined;

export interface PaintOptions {
  readonly width: number;
  readonly height: number;
  /** The values that are drawn as the first and the last colour. */
  readonly low: number;
  readonly high: number;
  readonly palette: Uint8ClampedArray;
}

/** RGBA, rows from the top. */
export function paint(
  columnAt: ColumnAt,
  { width, height, low, high, palette }: PaintOptions,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * width * height);
  const last = palette.length / 3 - 1;
  const scale = last / (high - low || 1);
  for (let x = 0; x < width; x++) {
    const column = columnAt(x);
    if (!column) continue;
    for (let y = 0; y < height; y++) {
      const row = Math.floor(((height - 0.5 - y) / height) * column.length);
      const colour = 3 * Math.round(Math.min(Math.max((column[row] - low) * scale, 0), last));
      const at = 4 * (y * width + x);
      pixels[at] = palette[colour];
      pixels[at + 1] = palette[colour + 1];
      pixels[at + 2] = palette[colour + 2];
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** 256 colours between a few, RGB. */
function paletteOf(stops: readonly (readonly [number, number, number])[]): Uint8ClampedArray {
  const palette = new Uint8ClampedArray(3 * 256);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (stops.length - 1);
    const before = Math.min(Math.floor(place), stops.length - 2);
    const share = place - before;
    for (let c = 0; c < 3; c++) {
      palette[3 * i + c] = (1 - share) * stops[before][c] + share * stops[before + 1][c];
    }
  }
  return palette;
}

/** From silence to loud: its lightness rises all the way, so that it can be read without colours, too. */
export const LEVELS = paletteOf([
  [8, 7, 20],
  [52, 24, 92],
  [124, 37, 120],
  [196, 62, 98],
  [244, 124, 72],
  [253, 196, 104],
  [252, 248, 204],
]);

/** From less than the original over the same to more. */
export const DIFFERENCES = paletteOf([
  [120, 190, 255],
  [40, 100, 190],
  [18, 20, 28],
  [190, 80, 40],
  [255, 190, 120],
]);
