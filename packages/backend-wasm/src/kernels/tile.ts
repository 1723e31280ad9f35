import { Tile, type TileAttrs, type TileInputs } from '@tensorflow/tfjs-core';
import { gather } from '../gathering.js';
import { kernel } from '../kernel.js';
import { hasWords, sizeOf } from './shapes.js';

/** A tensor again and again. */
export const tile = kernel<TileInputs, TileAttrs>({
  name: Tile,
  accepts: ({ x }, { reps }) =>
    hasWords(x) && sizeOf(x.shape) > 0 && sizeOf(reps) > 0 && reps.length === x.shape.length,
  compute: (context, { x }, { reps }) => {
    const axes = x.shape.flatMap((length, axis) => [
      { length: reps[axis], step: 0 },
      { length, step: sizeOf(x.shape, axis + 1) },
    ]);
    const shape = x.shape.map((length, axis) => length * reps[axis]);
    const from = context.pointerOf(x);
    const { info, pointer } = context.makeOutput(shape, x.dtype);
    gather(context, { x: from, y: pointer, axes });
    return info;
  },
});
