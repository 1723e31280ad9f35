import {
  ExpandDims,
  type ExpandDimsAttrs,
  type ExpandDimsInputs,
  Reshape,
  type ReshapeAttrs,
  type ReshapeInputs,
  util,
} from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.js';

// The parts of a complex tensor have shapes of their own: the fallback cares for them.

/** The same values under another shape. */
export const reshape = kernel<ReshapeInputs, ReshapeAttrs>({
  name: Reshape,
  accepts: ({ x }) => x.dtype !== 'complex64',
  compute: (context, { x }, { shape }) =>
    // It checks, too.
    context.share(x, util.inferFromImplicitShape(shape, util.sizeFromShape(x.shape))),
});

/** The same values with one more axis of length 1. */
export const expandDims = kernel<ExpandDimsInputs, ExpandDimsAttrs>({
  name: ExpandDims,
  accepts: ({ input }) => input.dtype !== 'complex64',
  compute: (context, { input }, { dim }) => {
    const shape = [...input.shape];
    shape.splice(dim < 0 ? input.shape.length + 1 + dim : dim, 0, 1);
    return context.share(input, shape);
  },
});
