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

/** All kinds, and the big filters of discriminators, for which kernels go other ways. */
export const CASES: Readonly<Record<string, ConvolutionCase>> = {
  ...CONVOLUTION_CASES,
  'large filter, few positions': { ...large, stride: 3 },
  'large filter, dilated, uneven': { ...large, time: 11, dilation: 2, padLeft: 5 },
  'large filter, same': { ...large, batch: 1, time: 7, inChannels: 1024 },
};
