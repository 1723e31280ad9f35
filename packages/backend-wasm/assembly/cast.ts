import { ITEM_VALUES } from '../src/elementwise-codes';

/** Whole numbers, or bytes, to float32 or to whole numbers. An item is `ITEM_VALUES` of them. */
@unmanaged
export class CastJob {
  x: usize;
  y: usize;
  count: i32;
  /** 1 or 4. */
  bytes: i32;
  /** Whether `y` is float32. */
  floats: i32;
}

export function castItem(job: CastJob, item: i32): void {
  const first = item * ITEM_VALUES;
  const count = min(ITEM_VALUES, job.count - first);
  let x = job.x + <usize>(first * job.bytes);
  let y = job.y + (<usize>first << 2);
  const end = y + (<usize>count << 2);
  if (job.bytes == 4) {
    for (; y < end; y += 4) {
      store<f32>(y, <f32>load<i32>(x));
      x += 4;
    }
  } else if (job.floats) {
    for (; y < end; y += 4) store<f32>(y, <f32>load<u8>(x++));
  } else {
    for (; y < end; y += 4) store<i32>(y, load<u8>(x++));
  }
}
