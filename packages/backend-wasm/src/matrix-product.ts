import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runBinary } from './binary-operation.js';
import { planBroadcast } from './broadcasting.js';
import { columnSums } from './column-sums.js';
import type { KernelContext } from './context.js';
import {
  ITEM_VALUES,
  MATRIX_PRODUCT,
  MULTIPLY,
  OF_WEIGHTED,
  PACK_RIGHT,
  ROW_PRODUCTS,
} from './elementwise-codes.js';

/** Products of `rows × depth` by `depth × columns`; a side of one matrix goes into all of them. */
export interface MatrixProduct {
  readonly left: TensorInfo;
  readonly right: TensorInfo;
  readonly leftMatrices: number;
  readonly rightMatrices: number;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Whether a side's matrices are stored by columns. */
  readonly transposeLeft: boolean;
  readonly transposeRight: boolean;
}

/** Computes the products to `y [matrices, rows, columns]`. */
export function multiplyMatrices(context: KernelContext, product: MatrixProduct, y: number): void {
  const { left, right, rows, columns, depth, transposeLeft, transposeRight } = product;
  if (product.leftMatrices > 1 || product.rightMatrices > 1) {
    multiplyDense(context, product, y);
  } else if (depth === 1) {
    const [a, b] = [context.pointerOf(left), context.pointerOf(right)];
    const plan = planBroadcast([rows, 1], [1, columns])!;
    runBinary(context, { operation: MULTIPLY, a, b, y }, plan);
  } else if (columns === 1) {
    const byRows = !transposeLeft || rows === 1;
    multiplyVector(context, { matrix: left, vector: right, height: rows, depth, byRows, y });
  } else if (rows === 1) {
    const vector = { matrix: right, vector: left, height: columns, depth };
    multiplyVector(context, { ...vector, byRows: transposeRight, y });
  } else {
    multiplyDense(context, product, y);
  }
}

interface VectorProduct {
  readonly matrix: TensorInfo;
  readonly vector: TensorInfo;
  /** Of the result. */
  readonly height: number;
  readonly depth: number;
  /** Whether the matrix is stored as `[height, depth]`, else as `[depth, height]`. */
  readonly byRows: boolean;
  readonly y: number;
}

/** Reads the matrix once, as it stands. */
function multiplyVector(
  context: KernelContext,
  { matrix, vector, height, depth, byRows, y }: VectorProduct,
): void {
  const [x, other] = [context.pointerOf(matrix), context.pointerOf(vector)];
  if (byRows) {
    const rowsOfItem = Math.max(1, Math.floor(ITEM_VALUES / depth));
    const job = context.job().integers(x, other, y, height, depth, rowsOfItem);
    context.runtime.parallel(ROW_PRODUCTS, job.address, Math.ceil(height / rowsOfItem), 0);
  } else {
    columnSums(context, { what: OF_WEIGHTED, x, other, rows: depth, columns: height }, y);
  }
}

/** Multiplications of an item: some tens of microseconds. */
const ITEM_PRODUCTS = 500_000;
/** More rows at a time do not read the right side less often from afar. */
const MOST_ROWS = 64;

function multiplyDense(context: KernelContext, product: MatrixProduct, y: number): void {
  const { left, leftMatrices, rightMatrices, rows, columns, depth, transposeLeft } = product;
  const from = context.pointerOf(left);
  const right = packedRight(context, product);
  const wanted = Math.min(MOST_ROWS, rows, Math.ceil(ITEM_PRODUCTS / (columns * depth)));
  const rowsOfBlock = 4 * Math.ceil(wanted / 4);
  const blocks = Math.ceil(rows / rowsOfBlock);
  const [rowStep, depthStep] = transposeLeft ? [1, rows] : [depth, 1];
  const job = context
    .job()
    .integers(from, right, y, rows, columns, depth)
    .integers(leftMatrices > 1 ? rows * depth : 0, rowStep, depthStep)
    .integers(Number(rightMatrices > 1), blocks, rowsOfBlock);
  const { columns: paddedColumns, depth: paddedDepth } = padded(product);
  const scratch = 96 + rowsOfBlock * (paddedColumns + paddedDepth + 1) * 4;
  const items = Math.max(leftMatrices, rightMatrices) * blocks;
  context.runtime.parallel(MATRIX_PRODUCT, job.address, items, scratch);
}

/** The right side as the products read it (see `assembly/pack-right.ts`), made once for a tensor. */
function packedRight(context: KernelContext, product: MatrixProduct): number {
  const { right, rightMatrices, columns, depth, transposeRight } = product;
  const key = `right ${depth} ${columns} ${transposeRight}`;
  const size = padded(product);
  return context.packed(right, key, rightMatrices * size.columns * size.depth * 4, (target) => {
    const source = context.pointerOf(right);
    const [depthStep, columnStep] = transposeRight ? [1, depth] : [columns, 1];
    const job = context
      .job()
      .integers(source, target, depth, columns, depth * columns, depthStep, columnStep);
    context.runtime.parallel(PACK_RIGHT, job.address, (rightMatrices * size.columns) / 8, 0);
  });
}

function padded({ columns, depth }: MatrixProduct): { columns: number; depth: number } {
  return { columns: 8 * Math.ceil(columns / 8), depth: 4 * Math.ceil(depth / 4) };
}
