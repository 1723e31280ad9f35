import { loadPart } from './lanes';

// The sums of blocks that `column-sums.ts` left, added up in float64 and in their order.

/** Columns at a time; the scratch memory holds their sums in float64. */
export const COLUMNS_AT_ONCE: i32 = 64;

/** Adds up the blocks of some columns, so many at most, from `partial` on; block by block, as memory likes it. */
export function sumBlocks(
  partial: usize,
  blocks: i32,
  columns: i32,
  count: i32,
  scratch: usize,
): void {
  const step = <usize>columns << 2;
  memory.fill(scratch, 0, <usize>COLUMNS_AT_ONCE << 3);
  for (let block = 0; block < blocks; block++) {
    let to = scratch;
    for (let column = 0; column < count; column += 4) {
      const left = count - column;
      const from = partial + (<usize>column << 2);
      const four = left >= 4 ? v128.load(from) : loadPart(from, left);
      const low = f64x2.promote_low_f32x4(four);
      const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
      v128.store(to, f64x2.add(v128.load(to), low));
      v128.store(to, f64x2.add(v128.load(to, 16), high), 16);
      to += 32;
    }
    partial += step;
  }
}

/**
 * `partial [matrices, blocks, columns]` to `y [matrices, columns]`, divided by `divisor`. An item is
 * `columnsOfItem` columns of a matrix.
 */
@unmanaged
export class AddBlocksJob {
  partial: usize;
  y: usize;
  blocks: i32;
  columns: i32;
  /** Items a matrix. */
  parts: i32;
  columnsOfItem: i32;
  divisor: f32;
}

export function addBlocksItem(job: AddBlocksJob, item: i32, scratch: usize): void {
  const columns = job.columns;
  const matrix = item / job.parts;
  const partial = job.partial + (<usize>(matrix * job.blocks * columns) << 2);
  const y = job.y + (<usize>(matrix * columns) << 2);
  let column = (item % job.parts) * job.columnsOfItem;
  const end = min(column + job.columnsOfItem, columns);
  for (; column < end; column += COLUMNS_AT_ONCE) {
    const count = min(COLUMNS_AT_ONCE, end - column);
    sumBlocks(partial + (<usize>column << 2), job.blocks, columns, count, scratch);
    for (let i = 0; i < count; i++) {
      const sum = load<f64>(scratch + (<usize>i << 3));
      store<f32>(y + (<usize>(column + i) << 2), <f32>(sum / <f64>job.divisor));
    }
  }
}
