import type { Conv1dGeometry } from '@hifigan/ops';
import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';

/** Of our own: see `native/kernels.cc`. */
const UNFOLD = 'HifiganUnfold';

/** What decides whether a convolution is worth unfolding into one matrix product. */
export interface UnfoldingCase {
  readonly groups: number;
  /** batch × output samples */
  readonly positions: number;
  readonly kernelSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
}

/** Below this many weights the convolution's own path is as fast. */
const LARGE_FILTER = 2 ** 21;

/**
 * A CPU's convolution first rearranges its filter, and the filter's gradient is rearranged back. Where
 * a large filter meets few positions (the deep layers of the discriminators), that costs more than
 * copying the input into a matrix `[positions, kernel × channels]`: a matrix product takes the filter
 * as it lies. Measured on V1's discriminators: the filter's gradient 1.5–2.2 times as fast, the
 * convolution itself 1.0–1.7.
 *
 * @param advantage output channels for each position from which it pays: 1 for the filter's gradient, 2 forward
 */
export function worthUnfolding(
  native: NativeOps,
  convolution: UnfoldingCase,
  advantage: number,
): boolean {
  const { groups, positions, kernelSize, inChannels, outChannels } = convolution;
  return (
    !native.onGpu &&
    groups === 1 &&
    kernelSize * inChannels * outChannels >= LARGE_FILTER &&
    outChannels >= advantage * positions &&
    native.knows(UNFOLD)
  );
}

/** The input of a convolution, `[batch, time, channels]`, as a matrix `[batch × outTime, kernel × channels]`. */
export function unfolded(
  work: Workspace,
  x: NativeTensor,
  kernelSize: number,
  { stride, dilation, padLeft }: Conv1dGeometry,
  outTime: number,
): NativeTensor {
  return work.op(UNFOLD, [], [x, work.ints([kernelSize, stride, dilation, padLeft, outTime])]);
}

/** Matrix product, the first factor transposed where told. */
export function matrixProduct(
  native: NativeOps,
  work: Workspace,
  a: NativeTensor,
  b: NativeTensor,
  transposeA = false,
): NativeTensor {
  return work.op('MatMul', [native.bool('transpose_a', transposeA)], [a, b]);
}
