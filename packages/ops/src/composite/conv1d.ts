import * as tf from '@tensorflow/tfjs-core';
import type { Conv1dAttributes, Conv1dGeometry, Conv1dInputs } from '../kernel-names.js';

/** What may be computed along with a convolution. */
interface Ending {
  readonly bias?: tf.Tensor;
  /** Slope of a leaky ReLU of the result. */
  readonly slope?: number;
}

/** `CONV1D` of plain tfjs ops, for backends without a kernel of that name. */
export function conv1dComposite(
  { x, filter, bias, residual }: Conv1dInputs<tf.Tensor>,
  attributes: Conv1dAttributes,
): tf.Tensor {
  const { preActivationSlope, activation, activationSlope } = attributes;
  const input = preActivationSlope === 1 ? x : tf.leakyRelu(x, preActivationSlope);
  const leaky = activation === 'leakyRelu';
  if (!residual) {
    const slope = leaky ? activationSlope : undefined;
    const y = convolved(input, filter, attributes, { bias, slope });
    return activation === 'tanh' ? tf.tanh(y) : y;
  }
  const y = tf.add(convolved(input, filter, attributes, { bias }), residual);
  if (activation === 'tanh') return tf.tanh(y);
  return leaky ? tf.leakyRelu(y, activationSlope) : y;
}

/** The convolution and its ending. Group by group, because tfjs's backends refuse groups. */
export function convolved(
  x: tf.Tensor,
  filter: tf.Tensor,
  geometry: Conv1dGeometry,
  ending: Ending = {},
): tf.Tensor {
  const { groups } = geometry;
  if (groups === 1) return convolvedGroup(x, filter, geometry, ending);
  const xs = unstackGroups(x, groups);
  const filters = unstackGroups(filter, groups);
  const ys = xs.map((group, index) => convolvedGroup(group, filters[index], geometry, {}));
  const [batch, time, channels]: number[] = ys[0].shape;
  const stacked = tf.reshape(tf.concat(ys, 0), [groups, batch, time, channels]);
  const joined = tf.reshape(tf.transpose(stacked, [1, 2, 0, 3]), [batch, time, groups * channels]);
  const sum = ending.bias ? tf.add(joined, ending.bias) : joined;
  return ending.slope === undefined ? sum : tf.leakyRelu(sum, ending.slope);
}

/**
 * The groups of the last axis one by one, `[a, b, groups * c]` to `[a, b, c]` each. The groups come to the
 * front first: to cut there is a plain copy, while backend-wasm cuts the last axis row by row.
 */
export function unstackGroups(x: tf.Tensor, groups: number): tf.Tensor[] {
  if (groups === 1) return [x];
  const [a, b, channels]: number[] = x.shape;
  const size = channels / groups;
  const inFront = tf.transpose(tf.reshape(x, [a, b, groups, size]), [2, 0, 1, 3]);
  const parts = cutFirstAxis(tf.reshape(inFront, [groups * a, b, size]), groups);
  inFront.dispose();
  return parts;
}

/** Equal parts along the first of three axes, by slices: tf.split copies value by value in backend-wasm. */
export function cutFirstAxis(x: tf.Tensor, parts: number): tf.Tensor[] {
  const [length, b, c]: number[] = x.shape;
  const size = length / parts;
  return Array.from({ length: parts }, (_, i) => tf.slice(x, [i * size, 0, 0], [size, b, c]));
}

/**
 * As a two-dimensional convolution of images one sample high, `[batch, 1, time, channels]`: libraries
 * are at their best along the width.
 */
function convolvedGroup(
  x: tf.Tensor,
  filter: tf.Tensor,
  geometry: Conv1dGeometry,
  { bias, slope }: Ending,
): tf.Tensor {
  const { stride, dilation, padLeft, padRight } = geometry;
  const [batch, time, inChannels] = x.shape;
  const [kernelSize, , outChannels] = filter.shape;
  // tfjs takes a stride or a dilation, not both: then it is the dense result that is thinned out.
  const steps = dilation === 1 ? stride : 1;
  // tfjs's fused convolution has a gradient of its own, which refuses dilation; no tape asks for it here.
  const y = tf.fused.conv2d({
    x: tf.reshape(x, [batch, 1, time, inChannels]) as tf.Tensor4D,
    filter: tf.reshape(filter, [1, kernelSize, inChannels, outChannels]) as tf.Tensor4D,
    strides: [1, steps],
    pad:
      padLeft || padRight
        ? [
            [0, 0],
            [0, 0],
            [padLeft, padRight],
            [0, 0],
          ]
        : 'valid',
    dilations: [1, dilation],
    bias,
    activation: slope === undefined ? 'linear' : 'leakyrelu',
    leakyreluAlpha: slope,
  });
  const signal = tf.reshape(y, [batch, y.shape[2], outChannels]);
  return steps === stride
    ? signal
    : tf.stridedSlice(signal, [0, 0, 0], signal.shape, [1, stride, 1]);
}
