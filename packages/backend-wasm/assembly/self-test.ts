/** Work whose result is known, for tests of the scheduler: `to[i] = from[i] * factor`, and ways to go wrong. */
@unmanaged
export class SelfTestJob {
  from: usize;
  to: usize;
  factor: f32;
  /** Values an item. */
  length: i32;
  /** Rounds of useless work an item. */
  rounds: i32;
  /** 1: workers trap at their first item; 2: workers never end it; 3: every thread traps. */
  failure: i32;
  /** The main thread's scratch memory, by which workers know that they are none. */
  mainScratch: usize;
}

export function selfTestItem(job: SelfTestJob, item: i32, scratch: usize): void {
  const failure = job.failure;
  const worker = scratch != job.mainScratch;
  if (failure == 3 || (failure == 1 && worker)) unreachable();
  // Something that no compiler can tell to be endless.
  if (failure == 2 && worker) while (load<i32>(changetype<usize>(job), 20) == 2) {}
  const bytes = <usize>(job.length * 4);
  const from = job.from + item * bytes;
  const to = job.to + item * bytes;
  for (let round = 0; round <= job.rounds; round++) {
    for (let at: usize = 0; at < bytes; at += 4) {
      store<f32>(scratch + at, load<f32>(from + at) * job.factor);
    }
  }
  memory.copy(to, scratch, bytes);
}
