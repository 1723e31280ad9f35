import * as tf from '@tensorflow/tfjs-core';
import type { Conv1dBackpropFilterAttributes } from '../kernel-names.js';
import { unstackGroups } from './conv1d.js';

/** Inputs of `CONV1D_BACKPROP_FILTER`. */
export interface Conv1dBackpropFilterInputs {
  /** `[batch, time, inChannels]` */
  readonly x: tf.Tensor;
  /** `[batch, outTime, outChannels]` */
  readonly dy: tf.Tensor;
}

/** Values that a product's left side may have: at 64 MiB, several fit into WebAssembly's memory. */
const MOST_VALUES = 2 ** 24;

/**
 * `CONV1D_BACKPROP_FILTER` of plain tfjs ops: matrix products, `[taps * in, positions]` by
 * `[positions, out]`. Not tfjs's own gradient of conv2d, because that refuses dilation and groups, and
 * backend-wasm has no kernel for it. Group by group, because its products of more than one matrix are slow,
 * and so are those with a transposed side.
 */
export function conv1dBackpropFilterComposite(
  { x, dy }: Conv1dBackpropFilterInputs,
  attributes: Conv1dBackpropFilterAttributes,
): tf.Tensor {
  const { groups, kernelSize, preActivationSlope: slope } = attributes;
  const [, , inChannels]: number[] = x.shape;
  const [, , outChannels]: number[] = dy.shape;
  const xs = unstackGroups(slope === 1 ? x : tf.leakyRelu(x, slope), groups);
  const dys = unstackGroups(dy, groups);
  const parts = xs.map((group, index) =>
    tf.tidy(() => groupGradient({ x: group, dy: dys[index] }, attributes)),
  );
  if (groups === 1) return parts[0];
  const [inGroup, outGroup] = [inChannels / groups, outChannels / groups];
  const stacked = tf.reshape(tf.concat(parts, 0), [groups, kernelSize, inGroup, outGroup]);
  return tf.reshape(tf.transpose(stacked, [1, 2, 0, 3]), [kernelSize, inGroup, outChannels]);
}

function groupGradient(
  { x, dy }: Conv1dBackpropFilterInputs,
  { stride, dilation, padLeft, kernelSize }: Conv1dBackpropFilterAttributes,
): tf.Tensor {
  const [batch, time, inChannels]: number[] = x.shape;
  const [, outTime, outChannels]: number[] = dy.shape;
  const positions = batch * outTime;

  // All samples that some tap reads, in whole strides.
  const steps = outTime + Math.floor(((kernelSize - 1) * dilation) / stride);
  const whole = steps * stride;
  const padded = tf.pad(x, [
    [0, 0],
    [padLeft, Math.max(0, whole - padLeft - time)],
    [0, 0],
  ]);
  const wide = tf.slice(padded, [0, 0, 0], [batch, whole, inChannels]);
  // [phase, channels, batch, steps]: what a tap reads at all outputs lies side by side.
  const rows = tf.transpose(tf.reshape(wide, [batch, steps, stride, inChannels]), [2, 3, 0, 1]);
  const columns = tf.reshape(dy, [positions, outChannels]) as tf.Tensor2D;

  const atOnce = Math.max(1, Math.floor(MOST_VALUES / (inChannels * positions)));
  const products: tf.Tensor[] = [];
  for (let first = 0; first < kernelSize; first += atOnce) {
    const product = tf.tidy(() => {
      const seen: tf.Tensor[] = [];
      for (let tap = first; tap < Math.min(first + atOnce, kernelSize); tap++) {
        const offset = tap * dilation;
        const begin = [offset % stride, 0, 0, Math.floor(offset / stride)];
        seen.push(tf.slice(rows, begin, [1, inChannels, batch, outTime]));
      }
      return tf.matMul(tf.reshape(tf.concat(seen, 0), [-1, positions]) as tf.Tensor2D, columns);
    });
    products.push(product);
  }
  return tf.reshape(tf.concat(products, 0), [kernelSize, inChannels, outChannels]);
}
