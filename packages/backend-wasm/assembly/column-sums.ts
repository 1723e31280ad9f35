import { OF_PRODUCTS, OF_SQUARES, OF_VALUES, OF_WEIGHTED } from '../src/elementwise-codes';
import { multiplyAdd } from './lanes';

/**
 * Sums over the middle axis of `x [matrices, rows, columns]`: of its values, of their squares, of products
 * with the values of `other`, or of rows times weights, `other [rows]`. An item is some columns of a block of
 * rows of one matrix, always the same; its sums in float32 go to `partial [matrices, blocks, columns]`.
 */
@unmanaged
export class ColumnSumsJob {
  x: usize;
  other: usize;
  partial: usize;
  /** What is summed. */
  what: i32;
  rows: i32;
  columns: i32;
  blocks: i32;
  rowsOfBlock: i32;
  /** Parts that the columns are cut into, and columns of each. */
  parts: i32;
  columnsOfPart: i32;
}

/** @param scratch memory for the columns of a part */
export function columnSumsItem(job: ColumnSumsJob, item: i32, scratch: usize): void {
  switch (job.what) {
    case OF_VALUES:
      return sums<Values>(job, item, scratch);
    case OF_SQUARES:
      return sums<Squares>(job, item, scratch);
    case OF_PRODUCTS:
      return sums<Products>(job, item, scratch);
    case OF_WEIGHTED:
      return sums<Weighted>(job, item, scratch);
  }
}

// `add` adds four values, `addOne` one, to sums; `stays`: along a row, the other side is one weight.

@unmanaged
class Values {
  @inline
  add(sum: v128, x: usize, _other: usize, offset: usize): v128 {
    return f32x4.add(sum, v128.load(x + offset));
  }
  @inline
  addOne(sum: f32, x: usize, _other: usize): f32 {
    return sum + load<f32>(x);
  }
  @inline
  stays(): bool {
    return false;
  }
}

@unmanaged
class Squares {
  @inline
  add(sum: v128, x: usize, _other: usize, offset: usize): v128 {
    const value = v128.load(x + offset);
    return multiplyAdd(value, value, sum);
  }
  @inline
  addOne(sum: f32, x: usize, _other: usize): f32 {
    return sum + load<f32>(x) * load<f32>(x);
  }
  @inline
  stays(): bool {
    return false;
  }
}

@unmanaged
class Products {
  @inline
  add(sum: v128, x: usize, other: usize, offset: usize): v128 {
    return multiplyAdd(v128.load(x + offset), v128.load(other + offset), sum);
  }
  @inline
  addOne(sum: f32, x: usize, other: usize): f32 {
    return sum + load<f32>(x) * load<f32>(other);
  }
  @inline
  stays(): bool {
    return false;
  }
}

@unmanaged
class Weighted {
  @inline
  add(sum: v128, x: usize, other: usize, offset: usize): v128 {
    return multiplyAdd(v128.load(x + offset), v128.load32_splat(other), sum);
  }
  @inline
  addOne(sum: f32, x: usize, other: usize): f32 {
    return sum + load<f32>(x) * load<f32>(other);
  }
  @inline
  stays(): bool {
    return true;
  }
}

/**
 * Rows whose sums stay in registers before they meet the rest; half as many where two matrices are read. With more,
 * wide rows come from memory more slowly, as their lines meet in few sets of the cache.
 */
const RUN: i32 = 16;

function sums<What>(job: ColumnSumsJob, item: i32, scratch: usize): void {
  const what = changetype<What>(0);
  const step = <usize>job.columns << 2;
  const column = (item % job.parts) * job.columnsOfPart;
  const columns = min(job.columnsOfPart, job.columns - column);
  const side = <usize>column << 2;
  const place = item / job.parts;
  const begin = (place % job.blocks) * job.rowsOfBlock;
  const row = (place / job.blocks) * job.rows + begin;
  let rows = min(job.rowsOfBlock, job.rows - begin);
  let x = job.x + step * row + side;
  const otherStep: usize = what.stays() ? 4 : step;
  let other = job.other + otherStep * row + (what.stays() ? 0 : side);
  const most = job.what == OF_PRODUCTS ? RUN / 2 : RUN;
  memory.fill(scratch, 0, <usize>columns << 2);
  while (rows > 0) {
    const run = min(rows, most);
    addRun<What>(x, step, other, otherStep, run, scratch, columns);
    x += step * run;
    other += otherStep * run;
    rows -= run;
  }
  memory.copy(job.partial + step * place + side, scratch, <usize>columns << 2);
}

/** Sixteen columns at a time, or four, or one. */
function addRun<What>(
  x: usize,
  step: usize,
  other: usize,
  otherStep: usize,
  rows: i32,
  to: usize,
  columns: i32,
): void {
  const what = changetype<What>(0);
  const height = step * rows;
  for (; columns >= 16; columns -= 16) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let beside = other;
    const end = x + height;
    for (let at = x; at < end; at += step) {
      s0 = what.add(s0, at, beside, 0);
      s1 = what.add(s1, at, beside, 16);
      s2 = what.add(s2, at, beside, 32);
      s3 = what.add(s3, at, beside, 48);
      beside += otherStep;
    }
    v128.store(to, f32x4.add(v128.load(to), s0));
    v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
    x += 64;
    to += 64;
    if (!what.stays()) other += 64;
  }
  for (; columns >= 4; columns -= 4) {
    let sum = f32x4.splat(0);
    let beside = other;
    const end = x + height;
    for (let at = x; at < end; at += step) {
      sum = what.add(sum, at, beside, 0);
      beside += otherStep;
    }
    v128.store(to, f32x4.add(v128.load(to), sum));
    x += 16;
    to += 16;
    if (!what.stays()) other += 16;
  }
  for (; columns > 0; columns--) {
    let sum: f32 = 0;
    let beside = other;
    const end = x + height;
    for (let at = x; at < end; at += step) {
      sum = what.addOne(sum, at, beside);
      beside += otherStep;
    }
    store<f32>(to, load<f32>(to) + sum);
    x += 4;
    to += 4;
    if (!what.stays()) other += 4;
  }
}
