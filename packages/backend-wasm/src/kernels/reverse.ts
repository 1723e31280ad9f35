import { Reverse, type ReverseAttrs, type ReverseInputs, util } from '@tensorflow/tfjs-core';
import { gather } from '../gathering.js';
import { kernel } from '../kernel.js';
import { hasWords, sizeOf } from './shapes.js';

/** Axes the other way round. */
export const reverse = kernel<ReverseInputs, ReverseAttrs>({
  name: Reverse,
  accepts: ({ x }) => hasWords(x) && sizeOf(x.shape) > 0,
  compute: (context, { x }, { dims }) => {
    const turned = util.parseAxisParam(dims, x.shape);
    let first = 0;
    const axes = x.shape.map((length, axis) => {
      const step = sizeOf(x.shape, axis + 1);
      if (!turned.includes(axis)) return { length, step };
      first += (length - 1) * step;
      return { length, step: -step };
    });
    const from = context.pointerOf(x) + 4 * first;
    const { info, pointer } = context.makeOutput(x.shape, x.dtype);
    gather(context, { x: from, y: pointer, axes });
    return info;
  },
});
