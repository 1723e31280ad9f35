/** How a convolution is computed; the numbers are those of `Scheme` in `assembly/convolution-job.ts`. */
export type Scheme = 'single' | 'double' | 'triple' | 'direct';

/** What the kernels know of a scheme. */
export interface SchemeShape {
  readonly number: number;
  /** Rows of output that a tile makes. */
  readonly outputs: number;
  /** Rows of input that it reads. */
  readonly rows: number;
  /** Products that it takes. */
  readonly planes: number;
}

/** The finite points at which both sides are evaluated; ∞ is the last of each. */
const EIGHT_POINTS = [0, 1, -1, 2, -2, 0.5, -0.5];
const SEVEN_POINTS = [0, 1, -1, 2, -2, 0.5];

/** Sums of the four-tap parts of a filter that go into each outer product: F(2, 2) and F(2, 3). */
const OUTER = {
  double: [
    [1, 0],
    [1, 1],
    [0, 1],
  ],
  triple: [
    [1, 0, 0],
    [0.5, 0.5, 0.5],
    [0.5, -0.5, 0.5],
    [0, 0, 1],
  ],
} as const;

/** Taps that `triple` takes, the most of all. */
export const MOST_TAPS = 12;

/** The scheme that fits a number of taps from 2 to `MOST_TAPS`. */
export function winogradScheme(taps: number): Exclude<Scheme, 'direct'> {
  return taps <= 5 ? 'single' : taps <= 8 ? 'double' : 'triple';
}

export function schemeShape(scheme: Scheme, taps: number): SchemeShape {
  switch (scheme) {
    case 'single':
      return { number: 0, outputs: 9 - taps, rows: 8, planes: 8 };
    case 'double':
      return { number: 1, outputs: 8, rows: 15, planes: 21 };
    case 'triple':
      return { number: 2, outputs: 8, rows: 19, planes: 28 };
    case 'direct':
      // Four rows at a time; each tap is a plane.
      return { number: 3, outputs: 4, rows: 4, planes: taps };
  }
}

/** Memory of the seven-row blocks that nested schemes transform once: `TRANSFORM_BYTES` in `assembly/tiles.ts`. */
const TRANSFORM_BYTES = 448;

/** Memory for the rows that a run of tiles reads, and behind them what their transforms need. */
export function stagedBytes(
  { outputs, rows }: SchemeShape,
  tiles: number,
  vectors: number,
): number {
  return vectors * ((tiles - 1) * outputs + rows + 1) * 16 + TRANSFORM_BYTES;
}

/**
 * The matrix that takes a filter's taps to its planes, row-major `[planes, taps]`: Toom-Cook's evaluation,
 * with the divisors of the interpolation on this side, as filters are transformed once.
 */
export function filterMatrix(scheme: Exclude<Scheme, 'direct'>, taps: number): Float64Array {
  if (scheme === 'single') {
    const rows = evaluation(EIGHT_POINTS, taps);
    // forward8 has the polynomial of the point 0 with the opposite sign.
    rows[0] = rows[0].map((value) => -value);
    return Float64Array.from(rows.flat());
  }
  const inner = evaluation(SEVEN_POINTS, 4);
  return Float64Array.from(
    OUTER[scheme].flatMap((parts) =>
      inner.flatMap((row) =>
        Array.from({ length: taps }, (_, tap) => parts[tap >> 2] * row[tap & 3]),
      ),
    ),
  );
}

/** A row for each point, `a ** tap / Π (a - b)` over the other points b, and one for ∞. */
function evaluation(points: readonly number[], taps: number): number[][] {
  const rows = points.map((a) => {
    const divisor = points.reduce((product, b) => (b === a ? product : product * (a - b)), 1);
    return Array.from({ length: taps }, (_, tap) => a ** tap / divisor);
  });
  rows.push(Array.from({ length: taps }, (_, tap) => (tap === taps - 1 ? 1 : 0)));
  return rows;
}
