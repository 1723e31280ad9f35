import {
  BUSY,
  FAILED,
  FLAGS,
  GENERATION,
  INSIDE,
  ITEMS,
  JOB,
  KIND,
  NEXT,
  OPEN,
  SCRATCH,
  SLEEPING,
  SPINS,
  STOP,
} from '../src/control-block';
import { runItem } from './items';

// Work is a region of independent items, which threads take one by one. All that threads share lies at fixed
// addresses: globals belong to one instance of the program alone, and each thread has its own.

/** A region is over. */
const DONE: i32 = 1;
/** Workers are still at it: wait until `BUSY` is 0. */
const UNFINISHED: i32 = 0;

/** Items on this thread alone. */
export function serial(kind: i32, job: usize, first: i32, end: i32): void {
  const scratch = load<usize>(SCRATCH);
  for (let item = first; item < end; item++) runItem(kind, job, item, scratch);
}

/**
 * All items, on all threads. The main thread calls it, one region at a time.
 *
 * @param spins how often to look for the workers' end before the caller is told to wait
 */
export function parallel(kind: i32, job: usize, items: i32, spins: i32): i32 {
  if (!ASC_FEATURE_THREADS) {
    serial(kind, job, 0, items);
    return DONE;
  }
  store<i32>(KIND, kind);
  store<usize>(JOB, job);
  store<i32>(ITEMS, items);
  memory.fill(load<usize>(FLAGS), 0, items);
  atomic.store<i32>(NEXT, 0);
  atomic.store<i32>(OPEN, 1);
  atomic.add<i32>(GENERATION, 1);
  // A worker counts itself as asleep before it looks at the generation for the last time.
  if (atomic.load<i32>(SLEEPING)) atomic.notify(GENERATION, items - 1);
  takeItems(0);
  // A worker counts itself as busy before it looks whether the region is open: one that comes later finds it closed,
  // or the next one open with all that belongs to it.
  atomic.store<i32>(OPEN, 0);
  do {
    if (!atomic.load<i32>(BUSY)) return atomic.load<i32>(FAILED) ? UNFINISHED : DONE;
  } while (spins-- > 0);
  return UNFINISHED;
}

/** A worker's life: returns when it is told to stop. */
export function work(thread: i32): void {
  if (!ASC_FEATURE_THREADS) return;
  const most = load<i32>(SPINS);
  let patience = most;
  let sleeps = 0;
  let seen: i32 = 0;
  while (true) {
    let spins = patience;
    while (atomic.load<i32>(GENERATION) == seen && spins > 0) spins--;
    if (atomic.load<i32>(GENERATION) == seen) {
      // In vain. On a busy machine it even keeps the main thread from a processor, so look for shorter next time;
      // but now and then try again, since short looks find nothing where long ones would.
      patience = ++sleeps & 15 ? max(patience >> 1, most >> 5) : most;
      atomic.add<i32>(SLEEPING, 1);
      atomic.wait<i32>(GENERATION, seen, -1);
      atomic.sub<i32>(SLEEPING, 1);
    } else {
      patience = most;
    }
    if (atomic.load<i32>(GENERATION) == seen) continue;
    seen = atomic.load<i32>(GENERATION);
    if (atomic.load<i32>(STOP)) return;
    atomic.add<i32>(BUSY, 1);
    if (atomic.load<i32>(OPEN)) {
      atomic.store<i32>(INSIDE + thread * 4, 1);
      takeItems(thread);
      atomic.store<i32>(INSIDE + thread * 4, 0);
    }
    if (atomic.sub<i32>(BUSY, 1) == 1) atomic.notify(BUSY, 1);
  }
}

function takeItems(thread: i32): void {
  const kind = load<i32>(KIND);
  const job = load<usize>(JOB);
  const items = load<i32>(ITEMS);
  const flags = load<usize>(FLAGS);
  const scratch = load<usize>(SCRATCH + thread * 4);
  let item = atomic.add<i32>(NEXT, 1);
  while (item < items) {
    runItem(kind, job, item, scratch);
    store<u8>(flags + item, 1);
    item = atomic.add<i32>(NEXT, 1);
  }
}

/** Where the program's constants end: what lies above is the heap's. */
export function constantsEnd(): usize {
  return __heap_base;
}
