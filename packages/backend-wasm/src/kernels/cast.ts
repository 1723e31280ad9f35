import { Cast, type CastAttrs, type CastInputs } from '@tensorflow/tfjs-core';
import { kernel } from '../kernel.js';

/** The type that it has already: the same values. Others are converted by the fallback. */
export const cast = kernel<CastInputs, CastAttrs>({
  name: Cast,
  accepts: ({ x }, { dtype }) => x.dtype === dtype && dtype !== 'complex64',
  compute: (context, { x }) => context.share(x, x.shape),
});
