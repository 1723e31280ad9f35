import type { Kernel } from '../kernel.js';
import { cast } from './cast.js';
import { concat, pack } from './concat.js';
import { conv1d } from './conv1d.js';
import { conv1dBackpropFilter } from './conv1d-backprop-filter.js';
import { conv1dTranspose } from './conv1d-transpose.js';
import { fill, onesLike, zerosLike } from './fill.js';
import { identity } from './identity.js';
import { expandDims, reshape } from './reshape.js';
import { slice } from './slice.js';

/** All that the backend computes itself. */
export const KERNELS: readonly Kernel[] = [
  cast,
  concat,
  conv1d,
  conv1dBackpropFilter,
  conv1dTranspose,
  expandDims,
  fill,
  identity,
  onesLike,
  pack,
  reshape,
  slice,
  zerosLike,
];
