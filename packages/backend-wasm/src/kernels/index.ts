import type { Kernel } from '../kernel.js';
import { adamWUpdate } from './adamw-update.js';
import { addN } from './add-n.js';
import { batchMatMul } from './batch-mat-mul.js';
import { binaryKernels } from './binary.js';
import { cast } from './cast.js';
import { channelSum } from './channel-sum.js';
import { concat, pack } from './concat.js';
import { conv1d } from './conv1d.js';
import { conv1dBackpropFilter } from './conv1d-backprop-filter.js';
import { conv1dTranspose } from './conv1d-transpose.js';
import { fill, onesLike, zerosLike } from './fill.js';
import { identity } from './identity.js';
import { leakyReluGradient } from './leaky-relu-gradient.js';
import { mirrorPad } from './mirror-pad.js';
import { pad } from './pad.js';
import { expandDims, reshape } from './reshape.js';
import { reverse } from './reverse.js';
import { slice } from './slice.js';
import { mean, sum } from './sum.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { unaryKernels } from './unary.js';
import { weightNorm } from './weight-norm.js';
import { weightNormGradient } from './weight-norm-gradient.js';

/** All that the backend computes itself. */
export const KERNELS: readonly Kernel[] = [
  ...binaryKernels,
  ...unaryKernels,
  adamWUpdate,
  addN,
  batchMatMul,
  cast,
  channelSum,
  concat,
  conv1d,
  conv1dBackpropFilter,
  conv1dTranspose,
  expandDims,
  fill,
  identity,
  leakyReluGradient,
  mean,
  mirrorPad,
  onesLike,
  pack,
  pad,
  reshape,
  reverse,
  slice,
  sum,
  tile,
  transpose,
  weightNorm,
  weightNormGradient,
  zerosLike,
];
