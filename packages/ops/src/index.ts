export type { AdamWState } from './adamw-update.js';
export { adamWUpdate } from './adamw-update.js';
export type { AvgPool1dOptions } from './avg-pool1d.js';
export { avgPool1d } from './avg-pool1d.js';
export type { Conv1dOptions } from './conv1d.js';
export { conv1d } from './conv1d.js';
export type { Conv1dTransposeOptions } from './conv1d-transpose.js';
export { conv1dTranspose } from './conv1d-transpose.js';
export type { GeometryOptions, Padding } from './geometry.js';
export type {
  ActivationName,
  AdamWAttributes,
  AdamWInputs,
  Conv1dAttributes,
  Conv1dBackpropFilterAttributes,
  Conv1dGeometry,
  Conv1dInputs,
  Conv1dTransposeAttributes,
  LeakyReluGradientAttributes,
  WeightNormGradientInputs,
  WeightNormInputs,
} from './kernel-names.js';
export {
  ADAMW_UPDATE,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  LEAKY_RELU_GRADIENT,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
} from './kernel-names.js';
export type { LazyGradients, LazyOp } from './lazy-gradient.js';
export { runLazily } from './lazy-gradient.js';
export { leakyRelu } from './leaky-relu.js';
export { isOutOfMemory, OutOfMemoryError } from './out-of-memory.js';
export { reflectPad1d } from './reflect-pad1d.js';
export type { SpectralVectors } from './spectral-norm.js';
export { powerIteration, spectralNorm } from './spectral-norm.js';
export { weightNorm } from './weight-norm.js';
