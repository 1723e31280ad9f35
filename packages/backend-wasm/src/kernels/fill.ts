import {
  Fill,
  type FillAttrs,
  OnesLike,
  type OnesLikeInputs,
  type TensorInfo,
  ZerosLike,
  type ZerosLikeInputs,
} from '@tensorflow/tfjs-core';
import type { KernelContext } from '../context.js';
import { type Inputs, kernel } from '../kernel.js';
import { sizeOf } from './shapes.js';

/** One number everywhere. */
export const fill = kernel<Inputs, FillAttrs>({
  name: Fill,
  accepts: (_, { value, dtype = 'float32' }) => typeof value === 'number' && dtype === 'float32',
  compute: (context, _, { shape, value }) => filled(context, shape, value as number),
});

export const zerosLike = kernel<ZerosLikeInputs>({
  name: ZerosLike,
  accepts: ({ x }) => x.dtype === 'float32',
  compute: (context, { x }) => filled(context, x.shape, 0),
});

export const onesLike = kernel<OnesLikeInputs>({
  name: OnesLike,
  accepts: ({ x }) => x.dtype === 'float32',
  compute: (context, { x }) => filled(context, x.shape, 1),
});

function filled(context: KernelContext, shape: readonly number[], value: number): TensorInfo {
  const { info, pointer } = context.makeOutput(shape);
  context.heap.float32(pointer, sizeOf(shape)).fill(value);
  return info;
}
