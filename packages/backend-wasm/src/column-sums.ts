import type { KernelContext } from './context.js';
import { ADD_BLOCKS, COLUMN_SUMS, ITEM_VALUES } from './elementwise-codes.js';

/** Sums over the middle axis of `[matrices, rows, columns]`. */
export interface ColumnSums {
  /** What is summed, of `elementwise-codes.ts`. */
  readonly what: number;
  /** Addresses. */
  readonly x: number;
  readonly other?: number;
  readonly matrices?: number;
  readonly rows: number;
  readonly columns: number;
}

/** Sums of blocks of rows, `[matrices, blocks, columns]` at `partial`, and how to add them up. */
export interface BlockSums {
  readonly partial: number;
  readonly blocks: number;
  /** Columns that an item should take which adds them up, and items a matrix. */
  readonly columnsOfItem: number;
  readonly items: number;
}

/** Scratch memory of an item that adds up: 64 sums in float64. */
export const ADDING_SCRATCH = 512;

/** Wider rows are cut, so that sums stay in the first cache. */
const COLUMNS_OF_PART = 4096;

/** Sums up blocks of rows; the sums are there until the kernel ends. */
export function blockSums(
  context: KernelContext,
  { what, x, other = 0, matrices = 1, rows, columns }: ColumnSums,
): BlockSums {
  const columnsOfPart = Math.min(columns, COLUMNS_OF_PART);
  const parts = Math.ceil(columns / columnsOfPart);
  const rowsOfBlock = Math.max(1, Math.floor(ITEM_VALUES / columnsOfPart));
  const blocks = Math.ceil(rows / rowsOfBlock);
  const partial = context.borrow(matrices * blocks * columns * 4);
  const job = context
    .job()
    .integers(x, other, partial, what, rows, columns, blocks, rowsOfBlock, parts, columnsOfPart);
  context.runtime.parallel(COLUMN_SUMS, job.address, matrices * blocks * parts, columnsOfPart * 4);
  const columnsOfItem = 64 * Math.max(1, Math.floor(ITEM_VALUES / 64 / blocks));
  return { partial, blocks, columnsOfItem, items: Math.ceil(columns / columnsOfItem) };
}

/** The sums, divided, to `y [matrices, columns]`. */
export function columnSums(context: KernelContext, sums: ColumnSums, y: number, divisor = 1): void {
  const { partial, blocks, columnsOfItem, items } = blockSums(context, sums);
  const job = context
    .job()
    .integers(partial, y, blocks, sums.columns, items, columnsOfItem)
    .floats(divisor);
  const { matrices = 1 } = sums;
  context.runtime.parallel(ADD_BLOCKS, job.address, matrices * items, ADDING_SCRATCH);
}
