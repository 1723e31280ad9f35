import type { Kernel } from '../kernel.js';
import { cast } from './cast.js';
import { concat, pack } from './concat.js';
import { fill, onesLike, zerosLike } from './fill.js';
import { identity } from './identity.js';
import { expandDims, reshape } from './reshape.js';
import { slice } from './slice.js';

/** All that the backend computes itself. */
export const KERNELS: readonly Kernel[] = [
  cast,
  concat,
  expandDims,
  fill,
  identity,
  onesLike,
  pack,
  reshape,
  slice,
  zerosLike,
];
