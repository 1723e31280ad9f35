import type { Heap } from '../heap.js';

/** Runs of 32-bit values, equally far apart on each side. */
export interface Runs {
  /** Addresses. */
  readonly from: number;
  readonly to: number;
  /** Values from the begin of one run to that of the next. */
  readonly fromStep: number;
  readonly toStep: number;
  /** Values a run. */
  readonly length: number;
  readonly count: number;
}

/** Shorter ones are copied value by value. */
const SHORT = 24;

/** Copies within the heap. */
export function copyRuns(heap: Heap, { from, to, fromStep, toStep, length, count }: Runs): void {
  const words = heap.words;
  let source = from / 4;
  let target = to / 4;
  for (let run = 0; run < count; run++) {
    if (length > SHORT) words.copyWithin(target, source, source + length);
    else for (let i = 0; i < length; i++) words[target + i] = words[source + i]!;
    source += fromStep;
    target += toStep;
  }
}
