import { copyWords } from './copy-rows';

const AXES_AT: usize = 36;

/**
 * Puts a value around others, along several axes; 32-bit values of any type. Rows of `x` are `length` long,
 * those of `y` have `before` and `after` more. An item is `rowsOfItem` rows of `y`.
 */
@unmanaged
export class PadJob {
  x: usize;
  y: usize;
  /** Its bits. */
  value: i32;
  /** Of `y`. */
  rows: i32;
  /** Of `x`. */
  length: i32;
  before: i32;
  after: i32;
  rowsOfItem: i32;
  axes: i32;
  // Behind, for each axis that rows are counted along, the last first: its length in `y`, how many come before, its
  // length in `x`.
}

export function padItem(job: PadJob, item: i32): void {
  const value = job.value;
  const width = job.before + job.length + job.after;
  let row = item * job.rowsOfItem;
  const end = min(row + job.rowsOfItem, job.rows);
  let y = job.y + (<usize>(row * width) << 2);
  for (; row < end; row++) {
    const source = sourceRow(job, row);
    if (source < 0) {
      y = put(y, value, width);
    } else {
      y = put(y, value, job.before);
      copyWords(y, job.x + (<usize>(source * job.length) << 2), job.length);
      y = put(y + (<usize>job.length << 2), value, job.after);
    }
  }
}

/** The row of `x` that a row of `y` holds; -1 where it holds none. */
function sourceRow(job: PadJob, row: i32): i32 {
  let axis = changetype<usize>(job) + AXES_AT;
  let source = 0;
  let step = 1;
  for (let axes = job.axes; axes > 0; axes--) {
    const padded = load<i32>(axis);
    const at = (row % padded) - load<i32>(axis, 4);
    const length = load<i32>(axis, 8);
    if (at < 0 || at >= length) return -1;
    source += at * step;
    step *= length;
    row /= padded;
    axis += 12;
  }
  return source;
}

function put(to: usize, value: i32, count: i32): usize {
  const end = to + (<usize>count << 2);
  const values = i32x4.splat(value);
  for (; to + 16 <= end; to += 16) v128.store(to, values);
  for (; to < end; to += 4) store<i32>(to, value);
  return end;
}
