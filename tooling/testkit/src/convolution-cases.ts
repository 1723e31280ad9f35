import type { ConvolutionCase } from './naive-convolution.js';

const plain: ConvolutionCase = {
  batch: 2,
  time: 23,
  inChannels: 3,
  outChannels: 4,
  kernelSize: 3,
  stride: 1,
  dilation: 1,
  groups: 1,
  padLeft: 0,
  padRight: 0,
};

/** Upstream's, for the middle layers of the discriminators of several scales. */
const long: ConvolutionCase = { ...plain, kernelSize: 41, padLeft: 20, padRight: 20 };

/** Convolutions that a kernel, an op and their gradients must get right, by what is special in them. */
export const CONVOLUTION_CASES: Readonly<Record<string, ConvolutionCase>> = {
  plain,
  'even kernel, no padding': { ...plain, time: 17, inChannels: 5, outChannels: 3, kernelSize: 4 },
  'one sample of kernel': { ...plain, kernelSize: 1 },
  'one output': { ...plain, time: 3 },
  'one channel': {
    ...plain,
    ...{ inChannels: 1, outChannels: 1, kernelSize: 7, padLeft: 3, padRight: 3 },
  },
  same: {
    ...plain,
    ...{ time: 17, inChannels: 5, outChannels: 3, kernelSize: 7, padLeft: 3, padRight: 3 },
  },
  'uneven padding': { ...plain, kernelSize: 5, padLeft: 1, padRight: 4 },
  'padding on the left': { ...plain, time: 9, padLeft: 2 },
  'padding on the right': { ...plain, kernelSize: 2, padRight: 5 },
  'padding beyond the kernel': { ...plain, padLeft: 6, padRight: 4 },
  dilated: { ...plain, time: 61, kernelSize: 11, dilation: 5, padLeft: 25, padRight: 25 },
  'dilated, no padding': { ...plain, time: 31, dilation: 5 },
  strided: {
    ...plain,
    time: 40,
    outChannels: 8,
    kernelSize: 5,
    stride: 3,
    padLeft: 2,
    padRight: 2,
  },
  'strided, samples left over': { ...plain, kernelSize: 4, stride: 4 },
  'strided, padding on the left, samples left over': {
    ...plain,
    ...{ time: 25, kernelSize: 5, stride: 4, padLeft: 1 },
  },
  'stride over the kernel': { ...plain, kernelSize: 2, stride: 5 },
  'strided, dilated': { ...plain, time: 40, stride: 2, dilation: 3, padLeft: 2 },
  'stride and dilation share a factor': { ...plain, time: 40, stride: 4, dilation: 6, padRight: 3 },
  upsampling: { ...plain, time: 48, kernelSize: 16, stride: 8, padLeft: 4, padRight: 4 },
  'odd upsampling': { ...plain, time: 21, kernelSize: 8, stride: 3, padLeft: 3, padRight: 3 },
  'odd upsampling, uneven padding': {
    ...plain,
    ...{ time: 15, kernelSize: 8, stride: 3, padLeft: 3, padRight: 2 },
  },
  depthwise: { ...plain, inChannels: 4, groups: 4, padLeft: 1, padRight: 1 },
  grouped: {
    ...plain,
    ...{ inChannels: 6, outChannels: 12, groups: 3, kernelSize: 5, padLeft: 2, padRight: 2 },
  },
  'grouped, long kernel': { ...long, time: 33, inChannels: 8, outChannels: 16, groups: 4 },
  'grouped, strided': { ...long, time: 64, inChannels: 16, outChannels: 32, groups: 4, stride: 2 },
  'grouped, strided by 4': {
    ...long,
    ...{ time: 67, inChannels: 32, outChannels: 64, groups: 16, stride: 4 },
  },
  'grouped, strided, samples left over': {
    ...plain,
    ...{ batch: 1, time: 70, inChannels: 4, groups: 2, stride: 4, padLeft: 1 },
  },
  'grouped, strided, dilated': {
    ...plain,
    ...{ time: 31, inChannels: 4, outChannels: 8, groups: 2 },
    ...{ stride: 2, dilation: 3, padLeft: 3, padRight: 3 },
  },
};
