import * as tf from '@tensorflow/tfjs-core';
import type { Conv1dBackpropFilterAttributes } from '../kernel-names.js';

/** Inputs of `CONV1D_BACKPROP_FILTER`. */
export interface Conv1dBackpropFilterInputs {
  /** `[batch, time, inChannels]` */
  readonly x: tf.Tensor;
  /** `[batch, outTime, outChannels]` */
  readonly dy: tf.Tensor;
}

/**
 * `CONV1D_BACKPROP_FILTER` of plain tfjs ops: one matrix product a tap. Not tfjs's own gradient of
 * conv2d, because that refuses dilation and groups, and backend-wasm has no kernel for it.
 */
export function conv1dBackpropFilterComposite(
  inputs: Conv1dBackpropFilterInputs,
  attributes: Conv1dBackpropFilterAttributes,
): tf.Tensor {
  const { stride, dilation, groups, padLeft, kernelSize, preActivationSlope: slope } = attributes;
  const { x, dy } = inputs;
  const [batch, time, inChannels] = x.shape;
  const [, outTime, outChannels] = dy.shape;
  const [inGroup, outGroup] = [inChannels / groups, outChannels / groups];
  const positions = batch * outTime;

  // All samples that some tap reads, in whole strides.
  const steps = outTime + Math.floor(((kernelSize - 1) * dilation) / stride);
  const active = slope === 1 ? x : tf.leakyRelu(x, slope);
  const whole = steps * stride;
  const padded = tf.pad(active, [
    [0, 0],
    [padLeft, Math.max(0, whole - padLeft - time)],
    [0, 0],
  ]);
  const wide = tf.slice(padded, [0, 0, 0], [batch, whole, inChannels]);
  // [phase, channels, batch, steps]: what a tap reads at all outputs lies side by side, and the
  // products need no transposed operand, which is slow in backend-wasm.
  const rows = tf.transpose(tf.reshape(wide, [batch, steps, stride, inChannels]), [2, 3, 0, 1]);
  const columns = tf.transpose(tf.reshape(dy, [positions, groups, outGroup]), [1, 0, 2]);

  const taps: tf.Tensor[] = [];
  for (let tap = 0; tap < kernelSize; tap++) {
    const offset = tap * dilation;
    const begin = [offset % stride, 0, 0, Math.floor(offset / stride)];
    const seen = tf.slice(rows, begin, [1, inChannels, batch, outTime]);
    taps.push(tf.tidy(() => tf.matMul(tf.reshape(seen, [groups, inGroup, positions]), columns)));
    seen.dispose();
  }
  // [kernel, groups, inGroup, outGroup] to [kernel, inGroup, groups * outGroup]
  const stacked = tf.reshape(tf.concat(taps, 0), [kernelSize, groups, inGroup, outGroup]);
  const ordered = groups === 1 ? stacked : tf.transpose(stacked, [0, 2, 1, 3]);
  return tf.reshape(ordered, [kernelSize, inGroup, outChannels]);
}
