import * as tf from '@tensorflow/tfjs-core';
import { checkShape } from './checks.js';
import { hasKernel, runKernel } from './dispatch.js';
import { ADAMW_UPDATE, type AdamWAttributes, type AdamWInputs } from './kernel-names.js';

/** What an update leaves: three new tensors, the caller's. */
export interface AdamWState {
  readonly parameter: tf.Tensor;
  readonly firstMoment: tf.Tensor;
  readonly secondMoment: tf.Tensor;
}

/**
 * One AdamW update (Loshchilov and Hutter, 2019; the arithmetic of PyTorch's `torch.optim.AdamW`): the
 * parameter first decays by `learningRate * weightDecay`, apart from the gradient. No gradients.
 *
 * @param inputs of one shape, any
 * @throws where shapes differ or `step` is not a whole number from 1
 */
export function adamWUpdate(
  inputs: AdamWInputs<tf.Tensor>,
  attributes: AdamWAttributes,
): AdamWState {
  const { parameter, gradient, firstMoment, secondMoment } = inputs;
  const { step } = attributes;
  for (const [name, tensor] of Object.entries({ gradient, firstMoment, secondMoment })) {
    checkShape('adamWUpdate', name, tensor, parameter.shape);
  }
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(
      `adamWUpdate: step=${step} must be a whole number from 1, because the bias corrections divide by 1 - beta ** step`,
    );
  }
  const update = hasKernel(ADAMW_UPDATE) ? kernel : composite;
  const [newParameter, newFirst, newSecond] = tf.tidy(() => update(inputs, attributes));
  return { parameter: newParameter, firstMoment: newFirst, secondMoment: newSecond };
}

function kernel(inputs: AdamWInputs<tf.Tensor>, attributes: AdamWAttributes): tf.Tensor[] {
  return runKernel<tf.Tensor[]>(ADAMW_UPDATE, { ...inputs }, attributes);
}

function composite(
  { parameter, gradient, firstMoment, secondMoment }: AdamWInputs<tf.Tensor>,
  { learningRate, beta1, beta2, epsilon, weightDecay, step }: AdamWAttributes,
): tf.Tensor[] {
  const first = tf.add(tf.mul(firstMoment, beta1), tf.mul(gradient, 1 - beta1));
  const second = tf.add(tf.mul(secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.div(tf.sqrt(second), Math.sqrt(1 - beta2 ** step));
  const change = tf.mul(tf.div(first, tf.add(root, epsilon)), learningRate / (1 - beta1 ** step));
  const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
  return [tf.sub(decayed, change), first, second];
}
