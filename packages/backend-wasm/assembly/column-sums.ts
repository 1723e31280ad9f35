import { OF_PRODUCTS, OF_SQUARES, OF_VALUES, OF_WEIGHTED } from '../src/elementwise-codes';
import { multiplyAdd } from './lanes';

/**
 * Sums over the middle axis of `x [matrices, rows, columns]`: of its values, of their squares, of products
 * with the values of `other`, or of rows times weights, `other [rows]`. An item is a block of rows of one
 * matrix, always the same; its sums in float32 go to `partial [matrices, blocks, columns]`.
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
}

/** @param scratch memory for a row */
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
  add(sum: v128, x: usize, _other: usize): v128 {
    return f32x4.add(sum, v128.load(x));
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
  add(sum: v128, x: usize, _other: usize): v128 {
    const value = v128.load(x);
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
  add(sum: v128, x: usize, other: usize): v128 {
    return multiplyAdd(v128.load(x), v128.load(other), sum);
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
  add(sum: v128, x: usize, other: usize): v128 {
    return multiplyAdd(v128.load(x), v128.load32_splat(other), sum);
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

function sums<What>(job: ColumnSumsJob, item: i32, scratch: usize): void {
  const what = changetype<What>(0);
  const columns = job.columns;
  const step = <usize>columns << 2;
  const begin = (item % job.blocks) * job.rowsOfBlock;
  const matrix = item / job.blocks;
  let rows = min(job.rowsOfBlock, job.rows - begin);
  let x = job.x + step * <usize>(matrix * job.rows + begin);
  const otherStep: usize = what.stays() ? 4 : step;
  let other = job.other + otherStep * <usize>(matrix * job.rows + begin);
  memory.fill(scratch, 0, step);
  for (; rows >= 4; rows -= 4) {
    addFour<What>(x, step, other, otherStep, scratch, columns);
    x += step * 4;
    other += otherStep * 4;
  }
  for (; rows > 0; rows--) {
    addOne<What>(x, other, scratch, columns);
    x += step;
    other += otherStep;
  }
  memory.copy(job.partial + step * <usize>item, scratch, step);
}

/** Four rows: half of them are added up before they meet the rest. */
function addFour<What>(
  x: usize,
  step: usize,
  other: usize,
  otherStep: usize,
  to: usize,
  columns: i32,
): void {
  const what = changetype<What>(0);
  const zero = f32x4.splat(0);
  const end = to + (<usize>(columns & ~3) << 2);
  let x2 = x + step * 2;
  let other2 = other + otherStep * 2;
  for (; to < end; to += 16) {
    const low = what.add(what.add(zero, x, other), x + step, other + otherStep);
    const high = what.add(what.add(zero, x2, other2), x2 + step, other2 + otherStep);
    v128.store(to, f32x4.add(v128.load(to), f32x4.add(low, high)));
    x += 16;
    x2 += 16;
    if (!what.stays()) {
      other += 16;
      other2 += 16;
    }
  }
  for (let rest = columns & 3; rest > 0; rest--) {
    const low = what.addOne(what.addOne(0, x, other), x + step, other + otherStep);
    const high = what.addOne(what.addOne(0, x2, other2), x2 + step, other2 + otherStep);
    store<f32>(to, load<f32>(to) + (low + high));
    to += 4;
    x += 4;
    x2 += 4;
    if (!what.stays()) {
      other += 4;
      other2 += 4;
    }
  }
}

function addOne<What>(x: usize, other: usize, to: usize, columns: i32): void {
  const what = changetype<What>(0);
  const end = to + (<usize>(columns & ~3) << 2);
  for (; to < end; to += 16) {
    v128.store(to, what.add(v128.load(to), x, other));
    x += 16;
    if (!what.stays()) other += 16;
  }
  for (let rest = columns & 3; rest > 0; rest--) {
    store<f32>(to, what.addOne(load<f32>(to), x, other));
    to += 4;
    x += 4;
    if (!what.stays()) other += 4;
  }
}
