import * as tf from '@tensorflow/tfjs-core';
import { checkFilter, checkShape, checkSlope } from './checks.js';
import { type GeometryOptions, geometryOf, transposedLength } from './geometry.js';
import {
  channelSumKernel,
  conv1dBackpropFilterKernel,
  conv1dKernel,
  conv1dTransposeKernel,
  leakyReluGradientKernel,
} from './kernels.js';
import { runLazily } from './lazy-gradient.js';

export interface Conv1dTransposeOptions extends GeometryOptions {
  /** Further samples at the end, fewer than `stride`; default 0. */
  readonly outputPadding?: number;
  /** `[outChannels]` */
  readonly bias?: tf.Tensor;
  /** Slope of a leaky ReLU applied to `x` first; 1 (the default) means none. */
  readonly preActivation?: number;
}

/**
 * `convTranspose(leakyRelu(x), filter) + bias` along time, as PyTorch's `conv_transpose1d`. `padding` cuts
 * off as many samples of the result.
 *
 * @param x `[batch, time, inChannels]`
 * @param filter `[kernel, outChannels / groups, inChannels]`
 * @returns `[batch, outTime, outChannels]`, with `outTime =
 *   (time - 1) * stride - left - right + dilation * (kernel - 1) + outputPadding + 1`.
 *   Gradients to `x`, `filter` and `bias`, each computed only where it is asked for.
 * @throws where shapes do not fit together
 */
export function conv1dTranspose(
  x: tf.Tensor,
  filter: tf.Tensor,
  options: Conv1dTransposeOptions = {},
): tf.Tensor3D {
  const where = 'conv1dTranspose';
  const { bias, preActivation = 1, outputPadding = 0 } = options;
  const [kernelSize, outGroup, inChannels]: number[] = filter.shape;
  const [, time]: number[] = x.shape;
  const geometry = geometryOf(where, kernelSize, options);
  checkFilter(where, x, filter, geometry.groups, inChannels);
  checkSlope(where, 'preActivation', preActivation);
  if (bias) checkShape(where, 'bias', bias, [outGroup * geometry.groups]);
  const { stride } = geometry;
  if (!Number.isInteger(outputPadding) || outputPadding < 0 || outputPadding >= stride) {
    throw new RangeError(
      `${where}: outputPadding=${outputPadding} must be a whole number below the stride ${stride}, because more samples than that belong to a longer input`,
    );
  }
  const outputLength = transposedLength(time, kernelSize, geometry, outputPadding);
  if (outputLength < 1) {
    throw new RangeError(
      `${where}: padding must be smaller, because it leaves ${outputLength} samples`,
    );
  }
  const inputs = { x, filter, ...(bias && { bias }) };
  return runLazily<'x' | 'filter' | 'bias'>({
    inputs,
    forward(save) {
      save([x, filter]);
      return conv1dTransposeKernel(inputs, {
        ...geometry,
        preActivationSlope: preActivation,
        outputLength,
      });
    },
    backward: (dy, [savedX, savedFilter]) => ({
      x() {
        const dx = conv1dKernel(
          { x: dy, filter: savedFilter },
          { ...geometry, preActivationSlope: 1, activation: 'linear', activationSlope: 1 },
        );
        return preActivation === 1 ? dx : leakyReluGradientKernel(dx, savedX, preActivation);
      },
      // The roles are exchanged: dy is what the convolution reads, and x is what came out of it.
      filter: () =>
        conv1dBackpropFilterKernel(
          { x: dy, dy: preActivation === 1 ? savedX : tf.leakyRelu(savedX, preActivation) },
          { ...geometry, preActivationSlope: 1, kernelSize },
        ),
      bias: () => channelSumKernel(dy),
    }),
  }) as tf.Tensor3D;
}
