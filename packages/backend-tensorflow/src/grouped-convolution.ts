import type { NativeOps } from './native-ops.js';

// Of our own: see `native/grouped-convolution.h`.
export const GROUPED_CONVOLUTION = 'HifiganGroupedConvolution';
export const GROUPED_INPUT_GRADIENT = 'HifiganGroupedInputGradient';
export const GROUPED_FILTER_GRADIENT = 'HifiganGroupedFilterGradient';

/**
 * Channels of a group, in and out, up to which each is faster than the library's, or than our `FILTER_GRADIENT`; on the
 * shapes of the scale discriminators, of all sizes.
 */
const FEW_CHANNELS = {
  [GROUPED_CONVOLUTION]: 8,
  [GROUPED_INPUT_GRADIENT]: 16,
  [GROUPED_FILTER_GRADIENT]: 8,
};
/** Fewer taps do not pay for laying out the input. */
const MANY_TAPS = 8;

/** What the choice depends on: a convolution, or the one that a gradient belongs to. */
export interface GroupedSize {
  readonly groups: number;
  readonly kernelSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** Whether an op of our own for groups of few channels is there, and the fastest. */
export function worthGrouping(
  native: NativeOps,
  op: keyof typeof FEW_CHANNELS,
  { groups, kernelSize, inChannels, outChannels }: GroupedSize,
): boolean {
  return (
    !native.onGpu &&
    groups > 1 &&
    kernelSize >= MANY_TAPS &&
    Math.max(inChannels, outChannels) / groups <= FEW_CHANNELS[op] &&
    native.knows(op)
  );
}
