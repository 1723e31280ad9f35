// The sums of blocks that `column-sums.ts` left, added up in float64 and in their order.

/** Columns of an item. */
export const COLUMNS_OF_ITEM: i32 = 64;

/** One column's blocks. */
export function sumOfBlocks(partial: usize, blocks: i32, columns: i32, column: i32): f64 {
  const step = <usize>columns << 2;
  let from = partial + (<usize>column << 2);
  let sum: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    sum += <f64>load<f32>(from);
    from += step;
  }
  return sum;
}

/** `partial [matrices, blocks, columns]` to `y [matrices, columns]`, divided by `divisor`. */
@unmanaged
export class AddBlocksJob {
  partial: usize;
  y: usize;
  blocks: i32;
  columns: i32;
  /** Items a matrix. */
  parts: i32;
  divisor: f32;
}

export function addBlocksItem(job: AddBlocksJob, item: i32): void {
  const columns = job.columns;
  const matrix = item / job.parts;
  const partial = job.partial + (<usize>(matrix * job.blocks * columns) << 2);
  const y = job.y + (<usize>(matrix * columns) << 2);
  let column = (item % job.parts) * COLUMNS_OF_ITEM;
  const end = min(column + COLUMNS_OF_ITEM, columns);
  for (; column < end; column++) {
    const sum = sumOfBlocks(partial, job.blocks, columns, column);
    store<f32>(y + (<usize>column << 2), <f32>(sum / <f64>job.divisor));
  }
}
