import { backend_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import { columnSums } from './column-sums.js';
import type { KernelContext } from './context.js';
import { ADD_CHUNKS, ITEM_VALUES, OF_VALUES, ROW_SUMS } from './elementwise-codes.js';

/** A tensor as `[matrices, rows, columns]`, of which the rows are added up. */
export interface Reduction {
  readonly matrices: number;
  readonly rows: number;
  readonly columns: number;
  /** Of the result. */
  readonly shape: number[];
}

/** Undefined where other axes stand between those that are added up. */
export function planReduction(
  shape: readonly number[],
  axis: number | number[] | null | undefined,
  keepDims: boolean,
): Reduction | undefined {
  // tfjs takes an absent axis for all of them.
  const axes = util.parseAxisParam(axis as number | number[], [...shape]);
  const [kept] = backend_util.computeOutAndReduceShapes([...shape], axes);
  let matrices = 1;
  let rows = 1;
  let columns = 1;
  let phase: 'before' | 'within' | 'behind' = 'before';
  for (const [index, length] of shape.entries()) {
    if (length === 1) continue;
    if (axes.includes(index)) {
      if (phase === 'behind') return undefined;
      phase = 'within';
      rows *= length;
    } else if (phase === 'before') {
      matrices *= length;
    } else {
      phase = 'behind';
      columns *= length;
    }
  }
  return {
    matrices,
    rows,
    columns,
    shape: keepDims ? backend_util.expandShapeToKeepDim(kept, axes) : kept,
  };
}

/** The sums, or the means. */
export function reduce(
  context: KernelContext,
  x: TensorInfo,
  { matrices, rows, columns, shape }: Reduction,
  kind: 'sum' | 'mean',
): TensorInfo {
  const from = context.pointerOf(x);
  const { info, pointer } = context.makeOutput(shape);
  const divisor = kind === 'mean' ? rows : 1;
  if (columns === 1) {
    rowSums(context, { x: from, y: pointer, rows: matrices, length: rows, divisor });
  } else {
    const sums = { what: OF_VALUES, x: from, matrices, rows, columns };
    columnSums(context, sums, pointer, divisor);
  }
  return info;
}

interface RowSums {
  /** Addresses. */
  readonly x: number;
  readonly y: number;
  readonly rows: number;
  readonly length: number;
  readonly divisor: number;
}

function rowSums(context: KernelContext, { x, y, rows, length, divisor }: RowSums): void {
  const { runtime } = context;
  const chunks = Math.ceil(length / ITEM_VALUES);
  const rowsOfItem = Math.max(1, Math.floor(ITEM_VALUES / length));
  const partial = chunks > 1 ? context.borrow(rows * chunks * 8) : 0;
  const job = context
    .job()
    .integers(x, y, partial, rows, length, chunks, ITEM_VALUES, rowsOfItem)
    .floats(divisor);
  if (chunks === 1) {
    runtime.parallel(ROW_SUMS, job.address, Math.ceil(rows / rowsOfItem), 0);
  } else {
    runtime.parallel(ROW_SUMS, job.address, rows * chunks, 0);
    runtime.parallel(ADD_CHUNKS, job.address, rows, 0);
  }
}
