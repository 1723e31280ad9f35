import { JOB_AREA, JOB_AREA_END } from './control-block.js';
import type { Heap } from './heap.js';

/**
 * Writes a job, field by field in the order of its class in `assembly/`, to the place that all jobs share:
 * there is one at a time, and it is over when `Runtime.parallel` returns.
 */
export class JobWriter {
  private readonly heap: Heap;
  private at = JOB_AREA;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /** `i32` and `usize`: whole numbers and addresses. */
  integers(...values: readonly number[]): this {
    for (const value of values) this.heap.words[this.next()] = value;
    return this;
  }

  /** `f32` */
  floats(...values: readonly number[]): this {
    for (const value of values) this.heap.floats[this.next()] = value;
    return this;
  }

  /** Of the job. */
  get address(): number {
    return JOB_AREA;
  }

  private next(): number {
    if (this.at >= JOB_AREA_END) throw new Error('JobWriter: a job must be shorter than 4 KiB');
    const index = this.at / 4;
    this.at += 4;
    return index;
  }
}
