import {
  backend_util,
  Concat,
  type ConcatAttrs,
  Pack,
  type PackAttrs,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { KernelContext } from '../context.js';
import { kernel } from '../kernel.js';
import { copyRuns } from './copy-runs.js';
import { hasWords, sizeOf } from './shapes.js';

const alike = (tensors: readonly TensorInfo[]): boolean =>
  tensors.every((tensor) => hasWords(tensor) && tensor.dtype === tensors[0]!.dtype);

/** Tensors one behind the other along an axis. */
export const concat = kernel<readonly TensorInfo[], ConcatAttrs>({
  name: Concat,
  accepts: (tensors) => alike(tensors),
  compute: (context, tensors, { axis }) => {
    const [along] = util.parseAxisParam(axis, tensors[0]!.shape);
    const shapes = tensors.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, along!);
    const shape = backend_util.computeOutShape(shapes, along!);
    return joined(context, tensors, shape, along!);
  },
});

/** Tensors of one shape one behind the other along a new axis. */
export const pack = kernel<readonly TensorInfo[], PackAttrs>({
  name: Pack,
  accepts: (tensors) => alike(tensors),
  compute: (context, tensors, { axis }) => {
    const shape = [...tensors[0]!.shape];
    const along = axis < 0 ? shape.length + 1 + axis : axis;
    for (const other of tensors) util.assertShapesMatch(shape, other.shape, 'stack: ');
    shape.splice(along, 0, tensors.length);
    return joined(context, tensors, shape, along);
  },
});

function joined(
  context: KernelContext,
  tensors: readonly TensorInfo[],
  shape: readonly number[],
  axis: number,
): TensorInfo {
  const { info, pointer } = context.makeOutput(shape, tensors[0]!.dtype);
  const count = sizeOf(shape, 0, axis);
  const row = sizeOf(shape, axis);
  let to = pointer;
  for (const tensor of tensors) {
    const size = sizeOf(tensor.shape);
    if (size === 0) continue;
    const length = size / count;
    const from = context.pointerOf(tensor);
    copyRuns(context.heap, { from, to, fromStep: length, toStep: row, length, count });
    to += 4 * length;
  }
  return info;
}
