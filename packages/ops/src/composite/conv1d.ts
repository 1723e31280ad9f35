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
  const xs = tf.split(x, groups, 2);
  const filters = tf.split(filter, groups, 2);
  return tf.concat(
    xs.map((group, index) => convolvedGroup(group, filters[index], geometry)),
    2,
  );
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
