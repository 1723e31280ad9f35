import { WEIGHT_NORM_GRADIENT, type WeightNormGradientInputs } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADDING_SCRATCH, blockSums } from '../column-sums.js';
import {
  ITEM_VALUES,
  NORM_GRADIENT,
  NORM_GRADIENT_SCALES,
  OF_PRODUCTS,
} from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { sizeOf } from './shapes.js';

/** Gradients of a direction `v` and its magnitudes `g`. */
export const weightNormGradient = kernel<WeightNormGradientInputs<TensorInfo>>({
  name: WEIGHT_NORM_GRADIENT,
  compute: (context, inputs) => {
    const { runtime } = context;
    const [columns] = inputs.g.shape;
    const rows = sizeOf(inputs.v.shape) / columns;
    const dw = context.pointerOf(inputs.dw);
    const v = context.pointerOf(inputs.v);
    const g = context.pointerOf(inputs.g);
    const inverse = context.pointerOf(inputs.inverse);
    const dv = context.makeOutput(inputs.v.shape);
    const dg = context.makeOutput([columns]);
    const scale = context.borrow(columns * 8);
    const back = scale + columns * 4;
    const sums = blockSums(context, { what: OF_PRODUCTS, x: dw, other: v, rows, columns });
    const scales = context
      .job()
      .integers(sums.partial, g, inverse, dg.pointer, scale, back)
      .integers(sums.blocks, columns, sums.columnsOfItem);
    runtime.parallel(NORM_GRADIENT_SCALES, scales.address, sums.items, ADDING_SCRATCH);
    const rowsOfItem = Math.max(1, Math.floor(ITEM_VALUES / columns));
    const job = context.job().integers(dw, v, scale, back, dv.pointer, rows, columns, rowsOfItem);
    runtime.parallel(NORM_GRADIENT, job.address, Math.ceil(rows / rowsOfItem), 0);
    return [dv.info, dg.info];
  },
});
