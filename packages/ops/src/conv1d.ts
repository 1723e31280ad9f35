import * as tf from '@tensorflow/tfjs-core';
import { checkFilter, checkShape, checkSlope } from './checks.js';
import { convolvedLength, type GeometryOptions, geometryOf } from './geometry.js';
import type { ActivationName, Conv1dAttributes } from './kernel-names.js';
import {
  channelSumKernel,
  conv1dBackpropFilterKernel,
  conv1dKernel,
  conv1dTransposeKernel,
  leakyReluGradientKernel,
} from './kernels.js';
import { type LazyGradients, runLazily } from './lazy-gradient.js';

export interface Conv1dOptions extends GeometryOptions {
  /** `[outChannels]` */
  readonly bias?: tf.Tensor;
  /** Slope of a leaky ReLU applied to `x` first; 1 (the default) means none. */
  readonly preActivation?: number;
  /** What is applied to the sum; `leakyRelu` takes `activationSlope`. Default: nothing. */
  readonly activation?: ActivationName;
  /** Default 0.1. */
  readonly activationSlope?: number;
  /** `[batch, outTime, outChannels]`, added before the activation. */
  readonly residual?: tf.Tensor;
}

/**
 * `activation(conv(leakyRelu(x), filter) + bias + residual)` along time: a cross-correlation, as in
 * PyTorch's `conv1d`.
 *
 * @param x `[batch, time, inChannels]`
 * @param filter `[kernel, inChannels / groups, outChannels]`
 * @returns `[batch, outTime, outChannels]`, with
 *   `outTime = floor((time + left + right - dilation * (kernel - 1) - 1) / stride) + 1`.
 *   Gradients to `x`, `filter`, `bias` and `residual`, each computed only where it is asked for.
 * @throws where shapes do not fit together
 */
export function conv1d(x: tf.Tensor, filter: tf.Tensor, options: Conv1dOptions = {}): tf.Tensor3D {
  const where = 'conv1d';
  const {
    bias,
    residual,
    preActivation = 1,
    activation = 'linear',
    activationSlope = 0.1,
  } = options;
  const [batch, time]: number[] = x.shape;
  const [kernelSize, inGroup, outChannels]: number[] = filter.shape;
  const geometry = geometryOf(where, kernelSize, options);
  checkFilter(where, x, filter, geometry.groups, inGroup * geometry.groups);
  checkSlope(where, 'preActivation', preActivation);
  checkSlope(where, 'activationSlope', activationSlope);
  const outTime = convolvedLength(time, kernelSize, geometry);
  if (outTime < 1) {
    throw new RangeError(
      `${where}: time=${time} must be longer, because a kernel of ${kernelSize} with dilation ` +
        `${geometry.dilation} finds no place in it`,
    );
  }
  if (bias) checkShape(where, 'bias', bias, [outChannels]);
  if (residual) checkShape(where, 'residual', residual, [batch, outTime, outChannels]);

  const attributes: Conv1dAttributes = {
    ...geometry,
    preActivationSlope: preActivation,
    activation,
    activationSlope,
  };
  const inputs = { x, filter, ...(bias && { bias }), ...(residual && { residual }) };
  return runLazily<'x' | 'filter' | 'bias' | 'residual'>({
    inputs,
    forward(save) {
      const y = conv1dKernel(inputs, attributes);
      save(activation === 'linear' ? [x, filter] : [x, filter, y]);
      return y;
    },
    backward: (dy, [savedX, savedFilter, y]) =>
      gradients(dy, { x: savedX, filter: savedFilter, y }, attributes),
  }) as tf.Tensor3D;
}

interface Saved {
  readonly x: tf.Tensor;
  readonly filter: tf.Tensor;
  /** Where there is an activation. */
  readonly y?: tf.Tensor;
}

function gradients(
  dy: tf.Tensor,
  { x, filter, y }: Saved,
  attributes: Conv1dAttributes,
): LazyGradients<'x' | 'filter' | 'bias' | 'residual'> {
  const { preActivationSlope } = attributes;
  const [, time]: number[] = x.shape;
  const [kernelSize]: number[] = filter.shape;
  // All gradients begin with that of the sum, so it is computed here, once.
  const dSum = y ? tf.tidy(() => activationGradient(dy, y, attributes)) : dy;
  return {
    x() {
      const dx = conv1dTransposeKernel(
        { x: dSum, filter },
        { ...geometryIn(attributes), preActivationSlope: 1, outputLength: time },
      );
      return preActivationSlope === 1 ? dx : leakyReluGradientKernel(dx, x, preActivationSlope);
    },
    filter: () =>
      conv1dBackpropFilterKernel(
        { x, dy: dSum },
        { ...geometryIn(attributes), preActivationSlope, kernelSize },
      ),
    bias: () => channelSumKernel(dSum),
    residual: () => tf.clone(dSum),
  };
}

function activationGradient(
  dy: tf.Tensor,
  y: tf.Tensor,
  { activation, activationSlope }: Conv1dAttributes,
): tf.Tensor {
  return activation === 'tanh'
    ? tf.mul(dy, tf.sub(1, tf.square(y)))
    : leakyReluGradientKernel(dy, y, activationSlope);
}

function geometryIn({ stride, dilation, groups, padLeft, padRight }: Conv1dAttributes) {
  return { stride, dilation, groups, padLeft, padRight };
}
