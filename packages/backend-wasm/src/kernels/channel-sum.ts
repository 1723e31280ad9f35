import { CHANNEL_SUM } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.js';
import { planReduction, reduce } from '../reduction.js';

/** The sum over all axes but the last. */
export const channelSum = kernel<{ readonly x: TensorInfo }>({
  name: CHANNEL_SUM,
  compute: (context, { x }) => {
    const axes = x.shape.slice(1).map((_, axis) => axis);
    return reduce(context, x, planReduction(x.shape, axes, false)!, 'sum');
  },
});
