import {
  CONV1D,
  CONV1D_TRANSPOSE,
  type Conv1dAttributes,
  type Conv1dInputs,
  type Conv1dTransposeAttributes,
} from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { convolve } from './convolution/run.js';
import type { ProgramBackend } from './program.js';

/** The kernel `CONV1D` of `@hifigan/ops`. */
export function conv1d(
  backend: ProgramBackend,
  inputs: Conv1dInputs<TensorInfo>,
  attributes: Conv1dAttributes,
): TensorInfo {
  const { stride, dilation, padLeft, padRight } = attributes;
  const [kernelSize, , outChannels] = inputs.filter.shape as [number, number, number];
  const room = inputs.x.shape[1]! + padLeft + padRight - (kernelSize - 1) * dilation - 1;
  return convolve(backend, {
    ...inputs,
    ...attributes,
    name: CONV1D,
    transposed: false,
    geometry: attributes,
    outTime: Math.floor(room / stride) + 1,
    outChannels,
  });
}

/** The kernel `CONV1D_TRANSPOSE` of `@hifigan/ops`. */
export function conv1dTranspose(
  backend: ProgramBackend,
  inputs: Pick<Conv1dInputs<TensorInfo>, 'x' | 'filter' | 'bias'>,
  attributes: Conv1dTransposeAttributes,
): TensorInfo {
  return convolve(backend, {
    ...inputs,
    name: CONV1D_TRANSPOSE,
    transposed: true,
    geometry: attributes,
    outTime: attributes.outputLength,
    outChannels: inputs.filter.shape[1]! * attributes.groups,
    preActivationSlope: attributes.preActivationSlope,
    activation: 'linear',
    activationSlope: 1,
  });
}
