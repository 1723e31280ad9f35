import {
  Mean,
  type MeanAttrs,
  type MeanInputs,
  Sum,
  type SumAttrs,
  type SumInputs,
} from '@tensorflow/tfjs-core';
import { type Kernel, kernel } from '../kernel.js';
import { planReduction, reduce } from '../reduction.js';
import { areFloats } from './shapes.js';

/** The sum over axes that stand side by side. */
export const sum = reduction(Sum, 'sum');

/** The mean over axes that stand side by side. */
export const mean = reduction(Mean, 'mean');

function reduction(name: string, kind: 'sum' | 'mean'): Kernel {
  return kernel<SumInputs & MeanInputs, SumAttrs & MeanAttrs>({
    name,
    accepts: ({ x }, { axis, keepDims }) =>
      areFloats(x) && planReduction(x.shape, axis, keepDims) !== undefined,
    compute: (context, { x }, { axis, keepDims }) => {
      const plan = planReduction(x.shape, axis, keepDims)!;
      return plan.rows === 1 ? context.share(x, plan.shape) : reduce(context, x, plan, kind);
    },
  });
}
