import * as tf from '@tensorflow/tfjs-core';
import type { Conv1dAttributes, Conv1dGeometry, Conv1dInputs } from '../kernel-names.js';

/** `CONV1D` of plain tfjs ops, for backends without a kernel of that name. */
export function conv1dComposite(
  inputs: Conv1dInputs<tf.Tensor>,
  attributes: Conv1dAttributes,
): tf.Tensor {
  const { preActivationSlope: slope } = attributes;
  let y = convolved(
    slope === 1 ? inputs.x : tf.leakyRelu(inputs.x, slope),
    inputs.filter,
    attributes,
  );
  if (inputs.bias) y = tf.add(y, inputs.bias);
  if (inputs.residual) y = tf.add(y, inputs.residual);
  if (attributes.activation === 'tanh') return tf.tanh(y);
  return attributes.activation === 'leakyRelu' ? tf.leakyRelu(y, attributes.activationSlope) : y;
}

/** The convolution alone. Group by group, because tfjs's backends refuse groups. */
export function convolved(x: tf.Tensor, filter: tf.Tensor, geometry: Conv1dGeometry): tf.Tensor {
  const { groups } = geometry;
  if (groups === 1) return convolvedGroup(x, filter, geometry);
  const xs = unstackGroups(x, groups);
  const filters = unstackGroups(filter, groups);
  const ys = xs.map((group, index) => convolvedGroup(group, filters[index], geometry));
  const [batch, time, channels]: number[] = ys[0].shape;
  const stacked = tf.reshape(tf.concat(ys, 0), [groups, batch, time, channels]);
  return tf.reshape(tf.transpose(stacked, [1, 2, 0, 3]), [batch, time, groups * channels]);
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
function convolvedGroup(x: tf.Tensor, filter: tf.Tensor, geometry: Conv1dGeometry): tf.Tensor {
  const { stride, dilation, padLeft, padRight } = geometry;
  const [batch, time, inChannels] = x.shape;
  const [kernelSize, , outChannels] = filter.shape;
  // tfjs takes a stride or a dilation, not both: then it is the dense result that is thinned out.
  const steps = dilation === 1 ? stride : 1;
  const y = tf.conv2d(
    tf.reshape(x, [batch, 1, time, inChannels]) as tf.Tensor4D,
    tf.reshape(filter, [1, kernelSize, inChannels, outChannels]) as tf.Tensor4D,
    [1, steps],
    padLeft || padRight
      ? [
          [0, 0],
          [0, 0],
          [padLeft, padRight],
          [0, 0],
        ]
      : 'valid',
    'NHWC',
    [1, dilation],
  );
  const signal = tf.reshape(y, [batch, y.shape[2], outChannels]);
  return steps === stride
    ? signal
    : tf.stridedSlice(signal, [0, 0, 0], signal.shape, [1, stride, 1]);
}
