import { CONV1D, type Conv1dAttributes, type Conv1dInputs } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convolve } from '../convolution.js';
import { kernel } from '../kernel.js';
import { forwardLayout } from '../packed-filter.js';
import { withoutSteepSlope } from '../steep-slope.js';

/** The fused convolution of the waist. */
export const conv1d = kernel<Conv1dInputs<TensorInfo>, Conv1dAttributes>({
  name: CONV1D,
  compute: (context, inputs, attributes) =>
    withoutSteepSlope(context, inputs.x, attributes.preActivationSlope, (x, slopeBefore) => {
      const { stride, dilation, groups, padLeft, padRight, activation } = attributes;
      const [batch, time] = x.shape;
      const [kernelSize, inGroup, outChannels] = inputs.filter.shape;
      const outTime =
        Math.floor((time + padLeft + padRight - (kernelSize - 1) * dilation - 1) / stride) + 1;
      const way = context.chooseWay({
        operation: 'convolution',
        kernel: kernelSize,
        stride,
        dilation,
        groups,
        inChannels: inGroup,
        outChannels: outChannels / groups,
        batch,
        steps: outTime,
      });
      return convolve(context, {
        ...inputs,
        x,
        layout: forwardLayout(kernelSize, groups, inGroup, outChannels / groups, way.parts),
        way,
        batch,
        time,
        outTime,
        steps: outTime,
        stride,
        dilation,
        pad: padLeft,
        cut: 0,
        slopeBefore,
        activation,
        slopeAfter: attributes.activationSlope,
      });
    }),
});
