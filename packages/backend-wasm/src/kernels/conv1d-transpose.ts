import { CONV1D_TRANSPOSE, type Conv1dInputs, type Conv1dTransposeAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelContext } from '../context.js';
import { convolve } from '../convolution.js';
import { kernel } from '../kernel.js';
import { transposedLayout } from '../packed-filter.js';
import { withoutSteepSlope } from '../steep-slope.js';

/**
 * The transposed convolution, as one of stride 1 for each phase of the output: no zeros between samples are
 * multiplied.
 */
export const conv1dTranspose = kernel<
  Pick<Conv1dInputs<TensorInfo>, 'x' | 'filter' | 'bias'>,
  Conv1dTransposeAttributes
>({
  name: CONV1D_TRANSPOSE,
  compute: (context, inputs, attributes) => {
    const { stride, dilation } = attributes;
    if (stride === 1 || dilation === 1) return transposed(context, inputs, attributes);
    // Both at once leave holes in the phases; for a layer that nobody has, they are filled with zeros.
    const filter = spread(context, inputs.filter, dilation);
    const y = transposed(context, { ...inputs, filter }, { ...attributes, dilation: 1 });
    context.dispose(filter);
    return y;
  },
});

function transposed(
  context: KernelContext,
  inputs: Pick<Conv1dInputs<TensorInfo>, 'x' | 'filter' | 'bias'>,
  attributes: Conv1dTransposeAttributes,
): TensorInfo {
  return withoutSteepSlope(context, inputs.x, attributes.preActivationSlope, (x, slopeBefore) => {
    const { stride, dilation, groups, padLeft, outputLength } = attributes;
    const [batch, time, inChannels] = x.shape;
    const [kernelSize, outGroup] = inputs.filter.shape;
    const layout = transposedLayout(kernelSize, stride, groups, inChannels / groups, outGroup);
    // With one phase a step is a sample, and what the padding cuts off need not be computed.
    const cut = stride === 1 ? 0 : padLeft;
    const steps = Math.ceil((outputLength + cut) / stride);
    return convolve(context, {
      ...inputs,
      x,
      layout,
      way: context.chooseWay({
        operation: 'convolution',
        kernel: layout.taps,
        stride: 1,
        dilation,
        groups,
        inChannels: layout.inChannels,
        outChannels: layout.outChannels * stride,
        batch,
        steps,
      }),
      batch,
      time,
      outTime: outputLength,
      steps,
      stride: 1,
      dilation,
      pad: (layout.taps - 1) * dilation - (padLeft - cut),
      cut,
      slopeBefore,
      activation: 'linear',
      slopeAfter: 1,
    });
  });
}

/** Taps `dilation` apart, zeros between them. */
function spread(context: KernelContext, filter: TensorInfo, dilation: number): TensorInfo {
  const [kernelSize, outGroup, inChannels] = filter.shape;
  const from = context.pointerOf(filter);
  const taps = (kernelSize - 1) * dilation + 1;
  const { info, pointer } = context.makeOutput([taps, outGroup, inChannels]);
  const row = outGroup * inChannels;
  const target = context.heap.float32(pointer, taps * row);
  target.fill(0);
  for (let tap = 0; tap < kernelSize; tap++) {
    target.set(context.heap.float32(from + tap * row * 4, row), tap * dilation * row);
  }
  return info;
}
