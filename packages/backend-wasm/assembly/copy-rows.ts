/** Axes that a job may count its rows along. */
const AXES_AT: usize = 28;

/**
 * Gathers 32-bit values: `y` is rows of `length`, one behind the other; along a row, `x` goes on by `step`
 * values, which may be none or negative. Rows are counted along `axes` axes, and along each `x` goes on by
 * so many values again. An item is `rowsOfItem` rows.
 */
@unmanaged
export class CopyRowsJob {
  x: usize;
  y: usize;
  rows: i32;
  length: i32;
  step: i32;
  rowsOfItem: i32;
  axes: i32;
  // Behind: for each axis, the last first, its length and its step.
}

/** Where row `row` of the job begins in `x`. */
export function rowBegin(axis: usize, axes: i32, row: i32): i32 {
  let begin = 0;
  for (; axes > 0; axes--) {
    const length = load<i32>(axis);
    begin += (row % length) * load<i32>(axis, 4);
    row /= length;
    axis += 8;
  }
  return begin;
}

export function copyRowsItem(job: CopyRowsJob, item: i32): void {
  const axis = changetype<usize>(job) + AXES_AT;
  const length = job.length;
  const step = job.step;
  const bytes = <usize>length << 2;
  let row = item * job.rowsOfItem;
  const end = min(row + job.rowsOfItem, job.rows);
  let y = job.y + bytes * <usize>row;
  for (; row < end; row++) {
    const x = job.x + (rowBegin(axis, job.axes, row) << 2);
    if (step == 1) copyWords(y, x, length);
    else gather(y, x, step << 2, bytes);
    y += bytes;
  }
}

/** Short runs are not worth a call of the engine's copy. */
// @ts-ignore: decorators are AssemblyScript's
@inline
export function copyWords(to: usize, from: usize, count: i32): void {
  if (count > 8) {
    memory.copy(to, from, <usize>count << 2);
  } else {
    for (let i = 0; i < count; i++) {
      store<u32>(to, load<u32>(from));
      to += 4;
      from += 4;
    }
  }
}

function gather(y: usize, x: usize, step: i32, bytes: usize): void {
  const end = y + bytes;
  for (; y < end; y += 4) {
    store<u32>(y, load<u32>(x));
    x += step;
  }
}
