import * as tf from '@tensorflow/tfjs-core';
import type { Conv1dInputs, Conv1dTransposeAttributes } from '../kernel-names.js';
import { convolved, cutFirstAxis } from './conv1d.js';

/**
 * `CONV1D_TRANSPOSE` of plain tfjs ops. One dense convolution computes all `stride` phases of the output
 * as channels of their own, and as time comes before channels, to interleave them is a reshape: faster
 * than the input gradients of tfjs's backends, which are loops in some.
 */
export function conv1dTransposeComposite(
  inputs: Pick<Conv1dInputs<tf.Tensor>, 'x' | 'filter' | 'bias'>,
  attributes: Conv1dTransposeAttributes,
): tf.Tensor {
  const { preActivationSlope: slope, groups, stride, padLeft, outputLength } = attributes;
  const x = slope === 1 ? inputs.x : tf.leakyRelu(inputs.x, slope);
  const { filter, taps, dilation } = phaseFilter(inputs.filter, attributes);
  const edge = (taps - 1) * dilation;
  const [batch]: number[] = x.shape;
  const [, outGroup]: number[] = inputs.filter.shape;

  const phases = convolved(x, filter, {
    stride: 1,
    dilation,
    groups,
    padLeft: edge,
    padRight: edge,
  });
  const [, steps]: number[] = phases.shape;
  // A group's channels are [stride, outGroup], and the phases of all groups belong before the groups.
  const interleaved =
    groups === 1 || stride === 1
      ? phases
      : tf.transpose(tf.reshape(phases, [batch, steps, groups, stride, outGroup]), [0, 1, 3, 2, 4]);
  let y = tf.reshape(interleaved, [batch, steps * stride, groups * outGroup]);

  // What the padding of the convolution covered is cut off; samples that it never read are zeros.
  const missing = padLeft + outputLength - steps * stride;
  if (missing > 0) {
    y = tf.pad(y, [
      [0, 0],
      [0, missing],
      [0, 0],
    ]);
  }
  if (padLeft > 0 || y.shape[1] !== outputLength) {
    y = tf.slice(y, [0, padLeft, 0], [batch, outputLength, groups * outGroup]);
  }
  return inputs.bias ? tf.add(y, inputs.bias) : y;
}

/**
 * From `[kernel, outGroup, in]` to the filter of the dense convolution,
 * `[taps, inGroup, groups * stride * outGroup]`.
 */
function phaseFilter(
  filter: tf.Tensor,
  { stride, dilation, groups }: Conv1dTransposeAttributes,
): { filter: tf.Tensor; taps: number; dilation: number } {
  const [kernelSize, outGroup, inChannels]: number[] = filter.shape;
  const inGroup = inChannels / groups;
  let dense = filter;
  let denseSize = kernelSize;
  if (stride > 1 && dilation > 1) {
    // Both at once: the zeros of the dilation are written out.
    const spread = tf.pad(tf.reshape(filter, [kernelSize, 1, outGroup, inChannels]), [
      [0, 0],
      [0, dilation - 1],
      [0, 0],
      [0, 0],
    ]);
    denseSize = kernelSize * dilation;
    dense = tf.reshape(spread, [denseSize, outGroup, inChannels]);
  }
  const taps = Math.ceil(denseSize / stride);
  if (taps * stride > denseSize) {
    dense = tf.pad(dense, [
      [0, taps * stride - denseSize],
      [0, 0],
      [0, 0],
    ]);
  }
  // tf.reverse would do, but takes a second for the filters of a network on backend-wasm.
  const backwards = taps === 1 ? dense : tf.concat(cutFirstAxis(dense, taps).reverse(), 0);
  const turned = tf.transpose(
    tf.reshape(backwards, [taps, stride, outGroup, groups, inGroup]),
    [0, 4, 3, 1, 2],
  );
  return {
    filter: tf.reshape(turned, [taps, inGroup, groups * stride * outGroup]),
    taps,
    dilation: stride > 1 ? 1 : dilation,
  };
}
