import {
  ADAMW_UPDATE,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  LEAKY_RELU_GRADIENT,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
} from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { conv1d, conv1dTranspose } from './conv1d.js';
import { filterGradient } from './filter-gradient.js';
import type { ProgramBackend } from './program.js';
import {
  adamWUpdate,
  channelSum,
  leakyReluGradient,
  weightNorm,
  weightNormGradient,
} from './training.js';

/** Computes outputs, which are the caller's, from inputs and attributes as `kernel-names.ts` of ops has them. */
export type Compute = (
  backend: ProgramBackend,
  inputs: never,
  attributes: never,
) => TensorInfo | TensorInfo[];

/** By the names of `@hifigan/ops`. */
export const KERNELS: Readonly<Record<string, Compute>> = {
  [CONV1D]: conv1d,
  [CONV1D_TRANSPOSE]: conv1dTranspose,
  [CONV1D_BACKPROP_FILTER]: filterGradient,
  [LEAKY_RELU_GRADIENT]: leakyReluGradient,
  [CHANNEL_SUM]: channelSum,
  [WEIGHT_NORM]: weightNorm,
  [WEIGHT_NORM_GRADIENT]: weightNormGradient,
  [ADAMW_UPDATE]: adamWUpdate,
};
