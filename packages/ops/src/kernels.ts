import * as tf from '@tensorflow/tfjs-core';
import { conv1dComposite } from './composite/conv1d.js';
import {
  type Conv1dBackpropFilterInputs,
  conv1dBackpropFilterComposite,
} from './composite/conv1d-backprop-filter.js';
import { conv1dTransposeComposite } from './composite/conv1d-transpose.js';
import { hasKernel, runKernel } from './dispatch.js';
import {
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  type Conv1dAttributes,
  type Conv1dBackpropFilterAttributes,
  type Conv1dInputs,
  type Conv1dTransposeAttributes,
  LEAKY_RELU_GRADIENT,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
  type WeightNormGradientInputs,
  type WeightNormInputs,
} from './kernel-names.js';

// Each contract of kernel-names.ts as a function: the backend's kernel, or the composite. They record no
// gradient, so they are for the inside of ops; call them in a tidy.

export function conv1dKernel(
  inputs: Conv1dInputs<tf.Tensor>,
  attributes: Conv1dAttributes,
): tf.Tensor {
  return hasKernel(CONV1D)
    ? runKernel(CONV1D, { ...inputs }, attributes)
    : conv1dComposite(inputs, attributes);
}

export function conv1dTransposeKernel(
  inputs: Pick<Conv1dInputs<tf.Tensor>, 'x' | 'filter' | 'bias'>,
  attributes: Conv1dTransposeAttributes,
): tf.Tensor {
  return hasKernel(CONV1D_TRANSPOSE)
    ? runKernel(CONV1D_TRANSPOSE, { ...inputs }, attributes)
    : conv1dTransposeComposite(inputs, attributes);
}

export function conv1dBackpropFilterKernel(
  inputs: Conv1dBackpropFilterInputs,
  attributes: Conv1dBackpropFilterAttributes,
): tf.Tensor {
  return hasKernel(CONV1D_BACKPROP_FILTER)
    ? runKernel(CONV1D_BACKPROP_FILTER, { ...inputs }, attributes)
    : conv1dBackpropFilterComposite(inputs, attributes);
}

/** `dy` where `x > 0`, else `slope * dy`. */
export function leakyReluGradientKernel(dy: tf.Tensor, x: tf.Tensor, slope: number): tf.Tensor {
  return hasKernel(LEAKY_RELU_GRADIENT)
    ? runKernel(LEAKY_RELU_GRADIENT, { dy, x }, { slope })
    : tf.mul(dy, tf.step(x, slope));
}

/** Sum over all axes but the last. */
export function channelSumKernel(x: tf.Tensor): tf.Tensor1D {
  if (hasKernel(CHANNEL_SUM)) return runKernel<tf.Tensor1D>(CHANNEL_SUM, { x }, {});
  const axes = x.shape.slice(1).map((_, axis) => axis);
  return axes.length === 0 ? (tf.clone(x) as tf.Tensor1D) : tf.sum(x, axes);
}

/** Returns `w` and `inverse`. */
export function weightNormKernel(inputs: WeightNormInputs<tf.Tensor>): [tf.Tensor, tf.Tensor] {
  if (hasKernel(WEIGHT_NORM)) return runKernel(WEIGHT_NORM, { ...inputs }, {});
  const { v, g } = inputs;
  const inverse = tf.div(1, tf.sqrt(channelSumKernel(tf.square(v))));
  return [tf.mul(v, tf.mul(g, inverse)), inverse];
}

/** Returns `dv` and `dg`. */
export function weightNormGradientKernel(
  inputs: WeightNormGradientInputs<tf.Tensor>,
): [tf.Tensor, tf.Tensor] {
  if (hasKernel(WEIGHT_NORM_GRADIENT)) return runKernel(WEIGHT_NORM_GRADIENT, { ...inputs }, {});
  const { dw, v, g, inverse } = inputs;
  // The part of dw along v: it is the magnitude's, and the direction gets none of it.
  const along = tf.mul(channelSumKernel(tf.mul(dw, v)), inverse);
  const scale = tf.mul(g, inverse);
  const back = tf.mul(tf.mul(scale, along), inverse);
  return [tf.sub(tf.mul(dw, scale), tf.mul(v, back)), along];
}
