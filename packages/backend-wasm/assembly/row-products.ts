import { multiplyAdd } from './lanes';

/** A matrix times a vector: `y[row] = sum over k of x[row, k] · vector[k]`. An item is `rowsOfItem` rows. */
@unmanaged
export class RowProductsJob {
  x: usize;
  vector: usize;
  y: usize;
  rows: i32;
  length: i32;
  rowsOfItem: i32;
}

export function rowProductsItem(job: RowProductsJob, item: i32): void {
  const length = job.length;
  let row = item * job.rowsOfItem;
  const end = min(row + job.rowsOfItem, job.rows);
  let x = job.x + (<usize>(row * length) << 2);
  for (; row < end; row++) {
    store<f32>(job.y + (<usize>row << 2), rowProduct(x, job.vector, length));
    x += <usize>length << 2;
  }
}

function rowProduct(x: usize, vector: usize, length: i32): f32 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  const end = x + (<usize>(length & ~15) << 2);
  for (; x < end; x += 64) {
    s0 = multiplyAdd(v128.load(x), v128.load(vector), s0);
    s1 = multiplyAdd(v128.load(x, 16), v128.load(vector, 16), s1);
    s2 = multiplyAdd(v128.load(x, 32), v128.load(vector, 32), s2);
    s3 = multiplyAdd(v128.load(x, 48), v128.load(vector, 48), s3);
    vector += 64;
  }
  const s = f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3));
  let sum =
    f32x4.extract_lane(s, 0) +
    f32x4.extract_lane(s, 1) +
    (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3));
  for (let rest = length & 15; rest > 0; rest--) {
    sum += load<f32>(x) * load<f32>(vector);
    x += 4;
    vector += 4;
  }
  return sum;
}
