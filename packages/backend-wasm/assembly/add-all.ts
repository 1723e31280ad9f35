import { ITEM_VALUES } from '../src/elementwise-codes';

/** The sum of several tensors of one shape, in their order. An item is `ITEM_VALUES` values of each. */
@unmanaged
export class AddAllJob {
  /** Of addresses. */
  list: usize;
  tensors: i32;
  y: usize;
  count: i32;
}

export function addAllItem(job: AddAllJob, item: i32): void {
  const begin = <usize>(item * ITEM_VALUES) << 2;
  const count = min(ITEM_VALUES, job.count - item * ITEM_VALUES);
  const list = job.list;
  const listEnd = list + (<usize>job.tensors << 2);
  const end = begin + (<usize>count << 2);
  const blocksEnd = begin + (<usize>(count & ~15) << 2);
  const y = job.y;
  let at = begin;
  for (; at < blocksEnd; at += 64) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let entry = list; entry < listEnd; entry += 4) {
      const x = <usize>load<u32>(entry) + at;
      s0 = f32x4.add(s0, v128.load(x));
      s1 = f32x4.add(s1, v128.load(x, 16));
      s2 = f32x4.add(s2, v128.load(x, 32));
      s3 = f32x4.add(s3, v128.load(x, 48));
    }
    v128.store(y + at, s0);
    v128.store(y + at, s1, 16);
    v128.store(y + at, s2, 32);
    v128.store(y + at, s3, 48);
  }
  for (; at < end; at += 4) {
    let sum: f32 = 0;
    for (let entry = list; entry < listEnd; entry += 4) {
      sum += load<f32>(<usize>load<u32>(entry) + at);
    }
    store<f32>(y + at, sum);
  }
}
