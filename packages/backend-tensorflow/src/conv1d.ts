import type { Conv1dAttributes, Conv1dInputs } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import {
  asImageFilter,
  asImages,
  asSignal,
  convolutionAttributes,
  padded,
  preActivated,
} from './convolution.js';
import { GROUPED_CONVOLUTION, worthGrouping } from './grouped-convolution.js';
import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';
import { outputLength, paddingFor } from './padding.js';
import { productByRow, unfolded, worthUnfolding } from './unfolding.js';

/** The kernel `CONV1D` of `@hifigan/ops`. */
export function conv1d(
  native: NativeOps,
  inputs: Conv1dInputs<TensorInfo>,
  attributes: Conv1dAttributes,
): TensorInfo {
  const [result] = native.run((work) => {
    let y = convolved(native, work, inputs, attributes);
    // Each step frees what it read, so that at most two of these large tensors live at once.
    const then = (
      name: string,
      attributes: Parameters<Workspace['op']>[1],
      ...others: NativeTensor[]
    ) => {
      const next = work.op(name, attributes, [y, ...others]);
      work.release(y);
      y = next;
    };
    if (inputs.bias) then('BiasAdd', [], work.input(inputs.bias));
    if (inputs.residual) then('AddV2', [], work.input(inputs.residual));
    if (attributes.activation === 'tanh') then('Tanh', []);
    if (attributes.activation === 'leakyRelu') {
      then('LeakyRelu', [native.float('alpha', attributes.activationSlope)]);
    }
    return [y];
  });
  return result;
}

/** The convolution alone, `[batch, outTime, outChannels]`. */
function convolved(
  native: NativeOps,
  work: Workspace,
  inputs: Conv1dInputs<TensorInfo>,
  attributes: Conv1dAttributes,
): NativeTensor {
  const { groups } = attributes;
  const [batch, time, inChannels] = inputs.x.shape;
  const [kernelSize, , outChannels] = inputs.filter.shape;
  const outTime = outputLength(time, kernelSize, attributes);
  const filter = work.input(inputs.filter);
  let x = preActivated(native, work, work.input(inputs.x), attributes.preActivationSlope);

  if (worthGrouping(native, GROUPED_CONVOLUTION, { groups, kernelSize, inChannels, outChannels })) {
    const { stride, dilation, padLeft } = attributes;
    const geometry = work.ints([kernelSize, stride, dilation, padLeft, groups]);
    const y = work.op(GROUPED_CONVOLUTION, [], [x, filter, geometry, work.ints([outTime])]);
    work.release(x);
    return y;
  }
  const size = { groups, positions: outTime, kernelSize, inChannels, outChannels };
  // Of a clip that has but one output, alone, the product would be rounded otherwise than of several clips.
  if (outTime > 1 && worthUnfolding(native, size)) {
    const matrix = unfolded(work, x, kernelSize, attributes, outTime);
    work.release(x);
    const weights = work.reshape(filter, [kernelSize * inChannels, outChannels]);
    const product = productByRow(native, work, matrix, weights);
    const y = work.reshape(product, [batch, outTime, outChannels]);
    work.release(matrix, weights, product);
    return y;
  }
  const padding = paddingFor(time, kernelSize, attributes);
  if (padding.mode === 'VALID') x = padded(work, x, padding.left, padding.right);
  const images = asImages(work, x);
  const weights = asImageFilter(work, filter);
  const convolution = convolutionAttributes(native, attributes, padding.mode);
  const product = work.op('Conv2D', convolution, [images, weights]);
  const y = asSignal(work, product);
  work.release(x, images, weights, product);
  return y;
}
