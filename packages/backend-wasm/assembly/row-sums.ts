/**
 * Sums over the last axis, `x [rows, length]` to `y [rows]`, divided by `divisor`. Long rows are cut into
 * chunks, always the same, whose sums in float64 are added up in their order by `addChunksItem`.
 */
@unmanaged
export class RowSumsJob {
  x: usize;
  y: usize;
  /** Room for `[rows, chunks]` float64, where there is more than one chunk. */
  partial: usize;
  rows: i32;
  length: i32;
  chunks: i32;
  chunkLength: i32;
  /** Where a row is one chunk. */
  rowsOfItem: i32;
  divisor: f32;
}

/** Vectors of each of the four sums in float32 that go into one in float64. */
const RUN: i32 = 32;

/** One chunk of a row, or several rows. */
export function rowSumsItem(job: RowSumsJob, item: i32): void {
  const chunks = job.chunks;
  if (chunks > 1) {
    const begin = (item % chunks) * job.chunkLength;
    const at = (item / chunks) * job.length + begin;
    const sum = sumOf(job.x + (<usize>at << 2), min(job.chunkLength, job.length - begin));
    store<f64>(job.partial + (<usize>item << 3), sum);
    return;
  }
  let row = item * job.rowsOfItem;
  const end = min(row + job.rowsOfItem, job.rows);
  for (; row < end; row++) {
    const sum = sumOf(job.x + (<usize>(row * job.length) << 2), job.length);
    store<f32>(job.y + (<usize>row << 2), <f32>(sum / <f64>job.divisor));
  }
}

/** One row's chunks. */
export function addChunksItem(job: RowSumsJob, item: i32): void {
  const chunks = job.chunks;
  const from = job.partial + (<usize>(item * chunks) << 3);
  let sum: f64 = 0;
  for (let chunk = 0; chunk < chunks; chunk++) sum += load<f64>(from + (<usize>chunk << 3));
  store<f32>(job.y + (<usize>item << 2), <f32>(sum / <f64>job.divisor));
}

/** Short runs in float32, four vectors side by side; their sums in float64. */
function sumOf(x: usize, count: i32): f64 {
  let sum: f64 = 0;
  let blocks = count >> 4;
  while (blocks > 0) {
    const run = min(blocks, RUN);
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    const end = x + (<usize>run << 6);
    for (; x < end; x += 64) {
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
    const low = f64x2.promote_low_f32x4(s);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(s, s, 2, 3, 2, 3));
    const both = f64x2.add(low, high);
    sum += f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
    blocks -= run;
  }
  for (let rest = count & 15; rest > 0; rest--) {
    sum += <f64>load<f32>(x);
    x += 4;
  }
  return sum;
}
