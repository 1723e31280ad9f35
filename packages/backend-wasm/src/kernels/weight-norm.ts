import { WEIGHT_NORM, type WeightNormInputs } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADDING_SCRATCH, blockSums } from '../column-sums.js';
import { ITEM_VALUES, NORM_SCALES, OF_SQUARES, SCALE_COLUMNS } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { sizeOf } from './shapes.js';

/** `w = g * v / |v|`, a norm a channel, and one over the norms. */
export const weightNorm = kernel<WeightNormInputs<TensorInfo>>({
  name: WEIGHT_NORM,
  compute: (context, { v, g }) => {
    const { runtime } = context;
    const [columns] = g.shape;
    const rows = sizeOf(v.shape) / columns;
    const [from, magnitudes] = [context.pointerOf(v), context.pointerOf(g)];
    const w = context.makeOutput(v.shape);
    const inverse = context.makeOutput([columns]);
    const scale = context.borrow(columns * 4);
    const sums = blockSums(context, { what: OF_SQUARES, x: from, rows, columns });
    const scales = context
      .job()
      .integers(sums.partial, magnitudes, inverse.pointer, scale)
      .integers(sums.blocks, columns, sums.columnsOfItem);
    runtime.parallel(NORM_SCALES, scales.address, sums.items, ADDING_SCRATCH);
    const rowsOfItem = Math.max(1, Math.floor(ITEM_VALUES / columns));
    const job = context.job().integers(from, 0, scale, 0, w.pointer, rows, columns, rowsOfItem);
    runtime.parallel(SCALE_COLUMNS, job.address, Math.ceil(rows / rowsOfItem), 0);
    return [w.info, inverse.info];
  },
});
