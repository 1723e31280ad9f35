import { copyWords } from './copy-rows';

/**
 * Mirrors both ends of the middle axis of `x [outer, time, inner]`, 32-bit values. An item is `stepsOfItem`
 * steps along the axis, counted through all of `outer`.
 */
@unmanaged
export class MirrorJob {
  x: usize;
  y: usize;
  outer: i32;
  time: i32;
  inner: i32;
  before: i32;
  after: i32;
  /** 1 where the first and the last step are repeated, else 0. */
  repeated: i32;
  stepsOfItem: i32;
}

export function mirrorItem(job: MirrorJob, item: i32): void {
  const time = job.time;
  const before = job.before;
  const inner = job.inner;
  const width = before + time + job.after;
  let step = item * job.stepsOfItem;
  const end = min(step + job.stepsOfItem, job.outer * width);
  while (step < end) {
    const begin = (step / width) * time;
    const at = (step % width) - before;
    let source = at;
    let run = 1;
    if (at < 0) source = -at - job.repeated;
    else if (at >= time) source = (time - 1) * 2 - at + job.repeated;
    else run = min(end - step, time - at);
    const to = job.y + (<usize>(step * inner) << 2);
    copyWords(to, job.x + (<usize>((begin + source) * inner) << 2), run * inner);
    step += run;
  }
}
