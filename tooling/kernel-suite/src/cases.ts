import { CONVOLUTION_CASES, type ConvolutionCase } from '@hifigan/testkit';

const large: ConvolutionCase = {
  batch: 2,
  time: 9,
  inChannels: 512,
  outChannels: 1024,
  kernelSize: 5,
  stride: 1,
  dilation: 1,
  groups: 1,
  padLeft: 2,
  padRight: 2,
};

/** Several items of work each. */
const lengthy: ConvolutionCase = {
  ...large,
  time: 2003,
  inChannels: 20,
  outChannels: 12,
  padLeft: 0,
  padRight: 0,
};

/** All kinds, long signals, and the big filters of discriminators, for which kernels go other ways. */
export const CASES: Readonly<Record<string, ConvolutionCase>> = {
  ...CONVOLUTION_CASES,
  'long, three taps, dilated': { ...lengthy, kernelSize: 3, dilation: 5 },
  'long, seven taps': { ...lengthy, kernelSize: 7, padLeft: 3, padRight: 3 },
  'long, eleven taps, dilated': { ...lengthy, kernelSize: 11, dilation: 3 },
  'long, many taps, grouped, strided': { ...lengthy, kernelSize: 41, stride: 4, groups: 4 },
  'few channels a group, dilated': {
    ...{ ...lengthy, time: 203, inChannels: 8, outChannels: 12, kernelSize: 9, dilation: 3 },
    ...{ groups: 4, padLeft: 12, padRight: 12 },
  },
  'few channels a group, strided': {
    ...{ ...lengthy, time: 203, inChannels: 16, outChannels: 32, kernelSize: 41, stride: 2 },
    ...{ groups: 16, padLeft: 20, padRight: 20 },
  },
  'large filter, few positions': { ...large, stride: 3 },
  'large filter, dilated, uneven': { ...large, time: 11, dilation: 2, padLeft: 5 },
  'large filter, same': { ...large, batch: 1, time: 7, inChannels: 1024 },
};
