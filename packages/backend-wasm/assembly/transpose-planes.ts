import { rowBegin } from './copy-rows';

const AXES_AT: usize = 32;

/**
 * Exchanges the last two axes of 32-bit values: `y [..., columns, rows]`, one behind the other, of `x`, where
 * a row's values lie side by side, rows `rowStep` values apart, and planes along axes as in `copy-rows.ts`.
 * An item is `columnsOfItem` columns of a plane.
 */
@unmanaged
export class TransposePlanesJob {
  x: usize;
  y: usize;
  rows: i32;
  columns: i32;
  rowStep: i32;
  /** Items a plane. */
  parts: i32;
  columnsOfItem: i32;
  axes: i32;
  // Behind: for each axis, the last first, its length and its step.
}

/** Rows at a time, so that the lines that they touch stay in the cache. */
const BAND: i32 = 64;

export function transposePlanesItem(job: TransposePlanesJob, item: i32): void {
  const rows = job.rows;
  const plane = item / job.parts;
  const first = (item % job.parts) * job.columnsOfItem;
  const columns = min(job.columnsOfItem, job.columns - first);
  const at = rowBegin(changetype<usize>(job) + AXES_AT, job.axes, plane) + first;
  const x = job.x + (at << 2);
  const y = job.y + (<usize>((plane * job.columns + first) * rows) << 2);
  const rowBytes = job.rowStep << 2;
  for (let row = 0; row < rows; row += BAND) {
    const from = x + row * rowBytes;
    const to = y + (<usize>row << 2);
    transposeBand(from, rowBytes, to, <usize>rows << 2, min(BAND, rows - row), columns);
  }
}

function transposeBand(
  x: usize,
  xStep: i32,
  y: usize,
  yStep: usize,
  rows: i32,
  columns: i32,
): void {
  let column = 0;
  for (; column + 4 <= columns; column += 4) {
    let from = x;
    let to = y;
    let row = 0;
    for (; row + 4 <= rows; row += 4) {
      transposeFour(from, xStep, to, yStep);
      from += xStep * 4;
      to += 16;
    }
    for (; row < rows; row++) {
      const value = v128.load(from);
      store<u32>(to, i32x4.extract_lane(value, 0));
      store<u32>(to + yStep, i32x4.extract_lane(value, 1));
      store<u32>(to + yStep * 2, i32x4.extract_lane(value, 2));
      store<u32>(to + yStep * 3, i32x4.extract_lane(value, 3));
      from += xStep;
      to += 4;
    }
    x += 16;
    y += yStep * 4;
  }
  for (; column < columns; column++) {
    let from = x;
    let to = y;
    for (let row = 0; row < rows; row++) {
      store<u32>(to, load<u32>(from));
      from += xStep;
      to += 4;
    }
    x += 4;
    y += yStep;
  }
}

/** Four rows by four columns. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function transposeFour(x: usize, xStep: i32, y: usize, yStep: usize): void {
  const a = v128.load(x);
  const b = v128.load(x + xStep);
  const c = v128.load(x + xStep * 2);
  const d = v128.load(x + xStep * 3);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(y, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(y + yStep, v128.shuffle<i64>(ab, cd, 1, 3));
  v128.store(y + yStep * 2, v128.shuffle<i64>(abHigh, cdHigh, 0, 2));
  v128.store(y + yStep * 3, v128.shuffle<i64>(abHigh, cdHigh, 1, 3));
}
