import { CONV1D_TRANSPOSE, type Conv1dInputs, type Conv1dTransposeAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
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
  // Both at once would leave holes in the phases; nobody has such a layer.
  accepts: (_inputs, { stride, dilation }) => stride === 1 || dilation === 1,
  compute: (context, inputs, attributes) =>
    withoutSteepSlope(context, inputs.x, attributes.preActivationSlope, (x, slopeBefore) => {
      const { stride, dilation, groups, padLeft, outputLength } = attributes;
      const [batch, time, inChannels] = x.shape;
      const [kernelSize, outGroup] = inputs.filter.shape;
      const layout = transposedLayout(kernelSize, stride, groups, inChannels / groups, outGroup);
      // With one phase a step is a sample, and what the padding cuts off need not be computed.
      const cut = stride === 1 ? 0 : padLeft;
      return convolve(context, {
        ...inputs,
        x,
        layout,
        batch,
        time,
        outTime: outputLength,
        steps: Math.ceil((outputLength + cut) / stride),
        stride: 1,
        dilation,
        pad: (layout.taps - 1) * dilation - (padLeft - cut),
        cut,
        slopeBefore,
        activation: 'linear',
        slopeAfter: 1,
      });
    }),
});
