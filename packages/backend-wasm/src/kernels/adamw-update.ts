import { ADAMW_UPDATE, type AdamWAttributes, type AdamWInputs } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { ADAMW, ITEM_VALUES } from '../elementwise-codes.js';
import { kernel } from '../kernel.js';
import { sizeOf } from './shapes.js';

/** Of each tensor; there are seven. */
const VALUES_OF_ITEM = ITEM_VALUES / 4;

/** One AdamW update. */
export const adamWUpdate = kernel<AdamWInputs<TensorInfo>, AdamWAttributes>({
  name: ADAMW_UPDATE,
  compute: (context, { parameter, gradient, firstMoment, secondMoment }, attributes) => {
    const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attributes;
    const from = [parameter, gradient, firstMoment, secondMoment].map((tensor) =>
      context.pointerOf(tensor),
    );
    const outputs = [parameter, firstMoment, secondMoment].map(({ shape }) =>
      context.makeOutput(shape),
    );
    const count = sizeOf(parameter.shape);
    const job = context
      .job()
      .integers(...from, ...outputs.map(({ pointer }) => pointer), count)
      .floats(beta1, 1 - beta1, beta2, 1 - beta2, epsilon, 1 - learningRate * weightDecay)
      .floats(learningRate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step));
    context.runtime.parallel(ADAMW, job.address, Math.ceil(count / VALUES_OF_ITEM), 0);
    return outputs.map(({ info }) => info);
  },
});
