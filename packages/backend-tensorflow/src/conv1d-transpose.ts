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
import type { NativeOps } from './native-ops.js';
import { paddingFor } from './padding.js';

/** The kernel `CONV1D_TRANSPOSE` of `@hifigan/ops`: the native gradient of a convolution to its input. */
export function conv1dTranspose(
  native: NativeOps,
  inputs: Conv1dInputs<TensorInfo>,
  attributes: Conv1dTransposeAttributes,
): TensorInfo {
  const [batch] = inputs.x.shape;
  const [kernelSize, channelsPerGroup] = inputs.filter.shape;
  const channels = channelsPerGroup * attributes.groups;
  const length = attributes.outputLength;
  const padding = paddingFor(length, kernelSize, attributes);
  // Where padding was put there beforehand, the gradient covers it too, and it is cut off.
  const start = padding.mode === 'VALID' ? padding.left : 0;
  const whole = padding.mode === 'VALID' ? padding.left + length + padding.right : length;

  const [result] = native.run((work) => {
    const x = preActivated(native, work, work.input(inputs.x), attributes.preActivationSlope);
    const images = asImages(work, x);
    const filter = asImageFilter(work, work.input(inputs.filter));
    const sizes = work.ints([batch, 1, whole, channels]);
    const convolution = convolutionAttributes(native, attributes, padding.mode);
    const spread = work.op('Conv2DBackpropInput', convolution, [sizes, filter, images]);
    work.release(x, images, filter);
    const signal = asSignal(work, spread);
    work.release(spread);
    const y = cropped(work, signal, start, length);
    return [inputs.bias ? work.op('BiasAdd', [], [y, work.input(inputs.bias)]) : y];
  });
  return result;
}
