import type { Conv1dInputs, Conv1dTransposeAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  asImageFilter,
  asImages,
  asSignal,
  convolutionAttributes,
  cropped,
  preActivated,
} from './convolution.js';
import { GROUPED_INPUT_GRADIENT, worthGrouping } from './grouped-convolution.js';
import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';
import { paddingFor } from './padding.js';

/** The kernel `CONV1D_TRANSPOSE` of `@hifigan/ops`: the native gradient of a convolution to its input. */
export function conv1dTranspose(
  native: NativeOps,
  inputs: Conv1dInputs<TensorInfo>,
  attributes: Conv1dTransposeAttributes,
): TensorInfo {
  const [result] = native.run((work) => {
    const y = spread(native, work, inputs, attributes);
    return [inputs.bias ? work.op('BiasAdd', [], [y, work.input(inputs.bias)]) : y];
  });
  return result;
}

/** The transposed convolution alone, `[batch, outputLength, outChannels]`. */
function spread(
  native: NativeOps,
  work: Workspace,
  inputs: Conv1dInputs<TensorInfo>,
  attributes: Conv1dTransposeAttributes,
): NativeTensor {
  const { groups, stride, dilation, padLeft, outputLength: length } = attributes;
  const [batch, , inChannels] = inputs.x.shape;
  const [kernelSize, channelsPerGroup] = inputs.filter.shape;
  const channels = channelsPerGroup * groups;
  const filter = work.input(inputs.filter);
  const x = preActivated(native, work, work.input(inputs.x), attributes.preActivationSlope);

  const size = { groups, kernelSize, inChannels: channels, outChannels: inChannels };
  if ((stride === 1 || dilation === 1) && worthGrouping(native, GROUPED_INPUT_GRADIENT, size)) {
    const geometry = work.ints([kernelSize, stride, dilation, padLeft, groups]);
    const y = work.op(GROUPED_INPUT_GRADIENT, [], [x, filter, geometry, work.ints([length])]);
    work.release(x);
    return y;
  }
  const padding = paddingFor(length, kernelSize, attributes);
  // Where padding was put there beforehand, the gradient covers it too, and it is cut off.
  const start = padding.mode === 'VALID' ? padding.left : 0;
  const whole = padding.mode === 'VALID' ? padding.left + length + padding.right : length;
  const images = asImages(work, x);
  const weights = asImageFilter(work, filter);
  const sizes = work.ints([batch, 1, whole, channels]);
  const convolution = convolutionAttributes(native, attributes, padding.mode);
  const wide = work.op('Conv2DBackpropInput', convolution, [sizes, weights, images]);
  work.release(x, images, weights);
  const signal = asSignal(work, wide);
  work.release(wide);
  return cropped(work, signal, start, length);
}
