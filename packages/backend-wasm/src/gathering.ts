import type { KernelContext } from './context.js';
import { COPY_ROWS, ITEM_VALUES, TRANSPOSE_PLANES } from './elementwise-codes.js';

/** An axis of a result: its length, and how many values the source goes on along it, which may be none or negative. */
export interface Axis {
  readonly length: number;
  readonly step: number;
}

/** Where 32-bit values come from and go to. */
export interface Gathering {
  /** Addresses; `x` is that of the result's first value. */
  readonly x: number;
  readonly y: number;
  /** Of the result, the first axis first. */
  readonly axes: readonly Axis[];
}

/** Smaller ones are not worth an item each. */
const SMALLEST_PLANE = 1024;

/** Brings values of the heap into another order. */
export function gather(context: KernelContext, { x, y, axes }: Gathering): void {
  const [inner = { length: 1, step: 1 }, ...outer] = joined(axes);
  const [next] = outer;
  if (next?.step === 1 && next.length * inner.length >= SMALLEST_PLANE) {
    transposePlanes(context, { x, y, inner, next, outer: outer.slice(1) });
    return;
  }
  const rows = product(outer);
  const rowsOfItem = Math.max(1, Math.floor(ITEM_VALUES / inner.length));
  const job = context
    .job()
    .integers(x, y, rows, inner.length, inner.step, rowsOfItem, outer.length)
    .integers(...outer.flatMap(({ length, step }) => [length, step]));
  context.runtime.parallel(COPY_ROWS, job.address, Math.ceil(rows / rowsOfItem), 0);
}

interface Planes extends Pick<Gathering, 'x' | 'y'> {
  readonly inner: Axis;
  readonly next: Axis;
  readonly outer: readonly Axis[];
}

function transposePlanes(context: KernelContext, { x, y, inner, next, outer }: Planes): void {
  const planes = product(outer);
  const rows = inner.length;
  // A multiple of four, so that vectors are whole.
  const most = 4 * Math.max(1, Math.floor(ITEM_VALUES / rows / 4));
  const columnsOfItem = Math.min(next.length, most);
  const parts = Math.ceil(next.length / columnsOfItem);
  const job = context
    .job()
    .integers(x, y, rows, next.length, inner.step, parts, columnsOfItem, outer.length)
    .integers(...outer.flatMap(({ length, step }) => [length, step]));
  context.runtime.parallel(TRANSPOSE_PLANES, job.address, planes * parts, 0);
}

/** The last axis first; those that follow each other in the source too are one. */
function joined(axes: readonly Axis[]): Axis[] {
  const found: Axis[] = [];
  for (const axis of axes.toReversed()) {
    if (axis.length === 1) continue;
    const last = found.at(-1);
    if (last && axis.step === last.step * last.length) {
      found[found.length - 1] = { length: last.length * axis.length, step: last.step };
    } else {
      found.push(axis);
    }
  }
  return found;
}

function product(axes: readonly Axis[]): number {
  return axes.reduce((size, { length }) => size * length, 1);
}
