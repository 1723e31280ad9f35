import {
  BatchMatMul,
  type BatchMatMulAttrs,
  type BatchMatMulInputs,
  broadcast_util,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.js';
import { type MatrixProduct, multiplyMatrices } from '../matrix-product.js';
import { areFloats, sizeOf } from './shapes.js';

/** Products of matrices; a batch on one side or of the same size on both. */
export const batchMatMul = kernel<BatchMatMulInputs, BatchMatMulAttrs>({
  name: BatchMatMul,
  accepts: ({ a, b }) => {
    const [left, right] = [matricesOf(a), matricesOf(b)];
    const fits = left === right || left === 1 || right === 1;
    return areFloats(a, b) && fits;
  },
  compute: (context, { a, b }, { transposeA, transposeB }) => {
    const product = describe(a, b, transposeA, transposeB);
    const batch = broadcast_util.assertAndGetBroadcastShape(
      a.shape.slice(0, -2),
      b.shape.slice(0, -2),
    );
    const { info, pointer } = context.makeOutput([...batch, product.rows, product.columns]);
    multiplyMatrices(context, product, pointer);
    return info;
  },
});

function describe(
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): MatrixProduct {
  const [aHeight, aWidth] = a.shape.slice(-2);
  const [bHeight, bWidth] = b.shape.slice(-2);
  const [rows, depth] = transposeA ? [aWidth, aHeight] : [aHeight, aWidth];
  const [rightDepth, columns] = transposeB ? [bWidth, bHeight] : [bHeight, bWidth];
  if (depth !== rightDepth) {
    throw new Error(
      `matMul: b must have ${depth} ${transposeB ? 'columns' : 'rows'}, because a is [${a.shape}], but is [${b.shape}]`,
    );
  }
  return {
    left: a,
    right: b,
    leftMatrices: matricesOf(a),
    rightMatrices: matricesOf(b),
    rows,
    columns,
    depth,
    transposeLeft: transposeA,
    transposeRight: transposeB,
  };
}

function matricesOf({ shape }: TensorInfo): number {
  return sizeOf(shape, 0, shape.length - 2);
}
