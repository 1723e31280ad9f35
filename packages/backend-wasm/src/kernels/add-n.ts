import { AddN, type TensorInfo } from '@tensorflow/tfjs-core';
import { ADD_ALL, ITEM_VALUES } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { areFloats, sizeOf } from './shapes.js';

/** Tensors whose addresses have room behind a job. */
const MOST = 500;
/** Bytes of the job's fields. */
const FIELDS = 16;

/** The sum of tensors of one shape. */
export const addN = kernel<readonly TensorInfo[]>({
  name: AddN,
  accepts: (tensors) => tensors.length <= MOST && areFloats(...tensors),
  compute: (context, tensors) => {
    const [{ shape }] = tensors;
    const addresses = tensors.map((tensor) => context.pointerOf(tensor));
    const { info, pointer } = context.makeOutput(shape);
    const count = sizeOf(shape);
    const job = context.job();
    job.integers(job.address + FIELDS, tensors.length, pointer, count, ...addresses);
    context.runtime.parallel(ADD_ALL, job.address, Math.ceil(count / ITEM_VALUES), 0);
    return info;
  },
});
