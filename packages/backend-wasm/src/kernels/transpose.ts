import { Transpose, type TransposeAttrs, type TransposeInputs } from '@tensorflow/tfjs-core';
import { gather } from '../gathering.js';
import { kernel } from '../kernel.js';
import { hasWords, sizeOf } from './shapes.js';

/** Axes in another order. */
export const transpose = kernel<TransposeInputs, TransposeAttrs>({
  name: Transpose,
  accepts: ({ x }) => hasWords(x) && sizeOf(x.shape) > 0,
  compute: (context, { x }, { perm }) => {
    const axes = perm.map((axis) => ({
      length: x.shape[axis],
      step: sizeOf(x.shape, axis + 1),
    }));
    const shape = axes.map(({ length }) => length);
    const long = perm.filter((axis) => x.shape[axis] > 1);
    // Where the axes with more than one value keep their order, so do the values.
    if (long.every((axis, index) => index === 0 || long[index - 1] < axis)) {
      return context.share(x, shape);
    }
    const from = context.pointerOf(x);
    const { info, pointer } = context.makeOutput(shape, x.dtype);
    gather(context, { x: from, y: pointer, axes });
    return info;
  },
});
