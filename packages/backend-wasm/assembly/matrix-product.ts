import { loadPart, roundUp, storePart } from './lanes';
import { PANEL, product } from './product';

/**
 * `y [matrices, rows, columns]`, products of `left`, whose value `(matrix, row, k)` stands at
 * `matrix · leftStep + row · rowStep + k · depthStep`, and of a packed right side (`pack-right.ts`). A side
 * that has but one matrix goes into all products: its step is 0. An item is a block of rows of one matrix.
 */
@unmanaged
export class MatrixProductJob {
  left: usize;
  right: usize;
  y: usize;
  rows: i32;
  columns: i32;
  depth: i32;
  leftStep: i32;
  rowStep: i32;
  depthStep: i32;
  /** Whether each product has a right side of its own. */
  manyRight: i32;
  blocks: i32;
  /** A multiple of four. */
  rowsOfBlock: i32;
}

export function matrixProductItem(job: MatrixProductJob, item: i32, scratch: usize): void {
  const depth = job.depth;
  const columns = job.columns;
  const matrix = item / job.blocks;
  const first = (item % job.blocks) * job.rowsOfBlock;
  const rows = min(job.rowsOfBlock, job.rows - first);
  const fours = (rows + 3) >> 2;
  const vectors = (depth + 3) >> 2;
  const panels = (columns + PANEL - 1) / PANEL;

  const c = scratch;
  const cStep = <usize>(panels * PANEL) << 2;
  const staged = c + cStep * <usize>(fours * 4);
  const vectorStep = <usize>fours << 6;

  const from = job.left + (<usize>(matrix * job.leftStep + first * job.rowStep) << 2);
  stage(job, from, rows, staged, vectorStep);

  const rightBytes = <usize>(panels * vectors) << 7;
  const right = job.right + (job.manyRight ? rightBytes * <usize>matrix : <usize>0);
  product(
    staged,
    fours,
    64,
    vectors,
    vectorStep,
    right,
    panels,
    c,
    cStep,
    false,
  );

  let to = job.y + (<usize>((matrix * job.rows + first) * columns) << 2);
  for (let row = 0; row < rows; row++) {
    const sums = c + cStep * <usize>row;
    for (let column = 0; column < columns; column += 4) {
      const at = <usize>column << 2;
      storePart(to + at, v128.load(sums + at), columns - column);
    }
    to += <usize>columns << 2;
  }
}

/** Rows in blocks of four values, `[vector][row][4]`; what is missing to four is zeros. */
function stage(
  job: MatrixProductJob,
  from: usize,
  rows: i32,
  to: usize,
  vectorStep: usize,
): void {
  const depth = job.depth;
  const rowBytes = <usize>job.rowStep << 2;
  const depthBytes = <usize>job.depthStep << 2;
  const padded = roundUp(rows, 4);
  for (let k = 0; k < depth; k += 4) {
    const count = min(4, depth - k);
    let x = from + depthBytes * k;
    for (let row = 0; row < padded; row++) {
      const target = to + (<usize>row << 4);
      if (row < rows && job.depthStep == 1) {
        v128.store(target, loadPart(x, count));
      } else {
        v128.store(target, f32x4.splat(0));
        if (row < rows) {
          for (let i = 0; i < count; i++) {
            store<u32>(target + (<usize>i << 2), load<u32>(x + depthBytes * i));
          }
        }
      }
      x += rowBytes;
    }
    to += vectorStep;
  }
}
