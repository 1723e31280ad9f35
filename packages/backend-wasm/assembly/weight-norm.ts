import { COLUMNS_AT_ONCE, sumBlocks } from './blocks-sum';
import { multiplySubtract } from './lanes';

// `w = g · v / |v|`, a norm a column, and its gradients: first sums over each column's rows (`column-sums.ts`),
// then what each column is multiplied by, then the columns.

/** Of the sums of squares of `v`: `inverse` of each column's norm, and `scale`, g times that. */
@unmanaged
export class NormScalesJob {
  partial: usize;
  g: usize;
  inverse: usize;
  scale: usize;
  blocks: i32;
  columns: i32;
  columnsOfItem: i32;
}

export function normScalesItem(job: NormScalesJob, item: i32, scratch: usize): void {
  let column = item * job.columnsOfItem;
  const end = min(column + job.columnsOfItem, job.columns);
  for (; column < end; column += COLUMNS_AT_ONCE) {
    const count = min(COLUMNS_AT_ONCE, end - column);
    sumBlocks(job.partial + (<usize>column << 2), job.blocks, job.columns, count, scratch);
    for (let i = 0; i < count; i++) {
      const at = <usize>(column + i) << 2;
      const sum = load<f64>(scratch + (<usize>i << 3));
      const inverse = 1 / sqrt<f64>(sum);
      store<f32>(job.inverse + at, <f32>inverse);
      store<f32>(job.scale + at, <f32>(<f64>load<f32>(job.g + at) * inverse));
    }
  }
}

/** Of the sums of `dw · v`: `along`, the gradient of g, and the factors of `dw` and `v` in that of `v`. */
@unmanaged
export class NormGradientScalesJob {
  partial: usize;
  g: usize;
  inverse: usize;
  along: usize;
  scale: usize;
  back: usize;
  blocks: i32;
  columns: i32;
  columnsOfItem: i32;
}

export function normGradientScalesItem(
  job: NormGradientScalesJob,
  item: i32,
  scratch: usize,
): void {
  let column = item * job.columnsOfItem;
  const end = min(column + job.columnsOfItem, job.columns);
  for (; column < end; column += COLUMNS_AT_ONCE) {
    const count = min(COLUMNS_AT_ONCE, end - column);
    sumBlocks(job.partial + (<usize>column << 2), job.blocks, job.columns, count, scratch);
    for (let i = 0; i < count; i++) {
      const at = <usize>(column + i) << 2;
      const sum = load<f64>(scratch + (<usize>i << 3));
      const inverse = <f64>load<f32>(job.inverse + at);
      const along = sum * inverse;
      const scale = <f64>load<f32>(job.g + at) * inverse;
      store<f32>(job.along + at, <f32>along);
      store<f32>(job.scale + at, <f32>scale);
      store<f32>(job.back + at, <f32>(scale * along * inverse));
    }
  }
}

/** `y = a · scale - b · back`, or `y = a · scale`; both factors are of a column. */
@unmanaged
export class ScaleColumnsJob {
  a: usize;
  b: usize;
  scale: usize;
  back: usize;
  y: usize;
  rows: i32;
  columns: i32;
  rowsOfItem: i32;
}

export function scaleColumnsItem(job: ScaleColumnsJob, item: i32): void {
  const columns = job.columns;
  const row = item * job.rowsOfItem;
  const rows = min(job.rowsOfItem, job.rows - row);
  const at = <usize>(row * columns) << 2;
  let a = job.a + at;
  let y = job.y + at;
  const end = y + (<usize>(rows * columns) << 2);
  const wholes = <usize>(columns & ~3) << 2;
  const all = <usize>columns << 2;
  while (y < end) {
    const stop = y + wholes;
    const rowEnd = y + all;
    let scale = job.scale;
    for (; y < stop; y += 16) {
      v128.store(y, f32x4.mul(v128.load(a), v128.load(scale)));
      a += 16;
      scale += 16;
    }
    for (; y < rowEnd; y += 4) {
      store<f32>(y, load<f32>(a) * load<f32>(scale));
      a += 4;
      scale += 4;
    }
  }
}

export function normGradientItem(job: ScaleColumnsJob, item: i32): void {
  const columns = job.columns;
  const row = item * job.rowsOfItem;
  const rows = min(job.rowsOfItem, job.rows - row);
  const at = <usize>(row * columns) << 2;
  let a = job.a + at;
  let b = job.b + at;
  let y = job.y + at;
  const end = y + (<usize>(rows * columns) << 2);
  const wholes = <usize>(columns & ~3) << 2;
  const all = <usize>columns << 2;
  while (y < end) {
    const stop = y + wholes;
    const rowEnd = y + all;
    let scale = job.scale;
    let back = job.back;
    for (; y < stop; y += 16) {
      const forward = f32x4.mul(v128.load(a), v128.load(scale));
      v128.store(y, multiplySubtract(v128.load(b), v128.load(back), forward));
      a += 16;
      b += 16;
      scale += 16;
      back += 16;
    }
    for (; y < rowEnd; y += 4) {
      store<f32>(y, load<f32>(a) * load<f32>(scale) - load<f32>(b) * load<f32>(back));
      a += 4;
      b += 4;
      scale += 4;
      back += 4;
    }
  }
}
