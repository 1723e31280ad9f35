/** What decides how a convolution is cut into tiles. */
export interface TilingQuestion {
  readonly batch: number;
  /** Positions of an item that one pass over the taps computes: outputs, or those of one phase. */
  readonly positions: number;
  readonly inGroup: number;
  readonly outGroup: number;
  /** How many such problems there are beside each other: groups × phases. */
  readonly problems: number;
  readonly taps: number;
  /** Samples between what two neighbouring positions read at one tap. */
  readonly rowStep: number;
  /** Samples between what two neighbouring taps read; its sign does not matter here. */
  readonly tapStep: number;
}

/** How a workgroup computes a tile of positions × channels. */
export interface Tiling {
  /** Threads along the channels, 4 × {@link vectors} channels each. */
  readonly threadsWide: number;
  /** Threads along time, {@link rows} positions each. */
  readonly threadsHigh: number;
  readonly rows: number;
  readonly vectors: 1 | 2;
  /** Input channels (with their taps, where there is no window) that pass through workgroup memory at once; of 4. */
  readonly depth: number;
  /**
   * Samples in workgroup memory from which all taps of a tile are computed; 0: each tap brings its own. The latter fits
   * always, and there positions of several items share a tile.
   */
  readonly window: number;
  /** Vectors of 4 values between two samples there; more than they have keeps threads on banks of their own. */
  readonly sampleStep: number;
}

export const THREADS = 256;
/** Values of workgroup memory that each device has, 16 KiB; more would also leave room for fewer workgroups at once. */
const MEMORY = 4096;
/** Workgroups from which a GPU is busy: below, tiles get smaller. */
const BUSY = 256;

export const positionsOf = ({ threadsHigh, rows }: Tiling): number => threadsHigh * rows;
export const channelsOf = ({ threadsWide, vectors }: Tiling): number => threadsWide * vectors * 4;

/** The tiles for a convolution: as large as keeps a GPU busy, since each value that is read serves a whole side. */
export function tilingFor(question: TilingQuestion): Tiling {
  const { outGroup } = question;
  let threadsWide = 1;
  while (threadsWide < 16 && threadsWide * 4 < outGroup) threadsWide *= 2;
  const threadsHigh = THREADS / threadsWide;
  const most = threadsWide >= 8 ? 8 : threadsWide >= 2 ? 4 : 1;
  const sizes: [rows: number, vectors: 1 | 2][] = [];
  if (outGroup >= 128) sizes.push([8, 2]);
  for (let rows = most; rows >= 1; rows /= 2) sizes.push([rows, 1]);
  const candidates = sizes.map(([rows, vectors]) =>
    fitted(question, { threadsWide, threadsHigh, rows, vectors }),
  );
  return (
    candidates.find((tiling) => workgroupsOf(question, tiling) >= BUSY) ??
    // None keeps it busy: the smallest that is not mostly empty, of two rows at least where a thread may have them.
    candidates.find(({ rows }) => rows <= 2)!
  );
}

/** Tiles of all problems. */
export function workgroupsOf(question: TilingQuestion, tiling: Tiling): number {
  const { batch, positions, outGroup, problems } = question;
  const along = positionsOf(tiling);
  const rows = tiling.window
    ? batch * Math.ceil(positions / along)
    : Math.ceil((batch * positions) / along);
  return rows * Math.ceil(outGroup / channelsOf(tiling)) * problems;
}

function fitted(
  { positions, inGroup, taps, rowStep, tapStep }: TilingQuestion,
  size: Pick<Tiling, 'threadsWide' | 'threadsHigh' | 'rows' | 'vectors'>,
): Tiling {
  const wide = size.threadsWide * size.vectors * 4;
  const high = size.threadsHigh * size.rows;
  const window = (high - 1) * rowStep + (taps - 1) * Math.abs(tapStep) + 1;
  const spare = size.threadsWide <= 4 ? 1 : 0;
  const fits = (depth: number, samples: number) =>
    samples * (depth / 4 + spare) * 4 + depth * wide <= MEMORY;
  // Neighbouring taps read the same samples, so that a window is read once for all. Not where it would be mostly beyond
  // an item, hold samples that no tap reads, or have too few channels.
  if (taps > 1 && positions * 2 >= high && inGroup >= 8 && rowStep <= taps) {
    for (const depth of [16, 8]) {
      if (depth <= Math.ceil(inGroup / 4) * 4 && fits(depth, window)) {
        return { ...size, depth, window, sampleStep: depth / 4 + spare };
      }
    }
  }
  const reduced = inGroup * taps;
  const depth = [16, 8, 4].find(
    (one) => one === 4 || (one < reduced + 4 && fits(one, high)),
  ) as number;
  return fits(depth, high)
    ? { ...size, depth, window: 0, sampleStep: depth / 4 + spare }
    : fitted(
        { positions, inGroup, taps, rowStep, tapStep, outGroup: 0, batch: 0, problems: 0 },
        { ...size, rows: size.rows / 2 },
      );
}
