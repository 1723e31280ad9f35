import type { Conv1dGeometry } from '@hifigan/ops';
import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';

/** Of our own: see `native/kernels.cc`. */
const UNFOLD = 'HifiganUnfold';

/** What decides whether a convolution is worth unfolding into one matrix product. */
export interface UnfoldingCase {
  readonly groups: number;
  /** Output samples: forward those of one clip, for the filter's gradient of all together. */
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
 * convolution itself 1.0–2.0, with 2 clips and with 16.
 *
 * The two ways round differently. So that the values of a clip do not depend on what lies beside it, the way
 * forward is chosen by the clip alone.
 */
export function worthUnfolding(native: NativeOps, convolution: UnfoldingCase): boolean {
  const { groups, positions, kernelSize, inChannels, outChannels } = convolution;
  return (
    !native.onGpu &&
    groups === 1 &&
    kernelSize * inChannels * outChannels >= LARGE_FILTER &&
    outChannels >= positions &&
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

/**
 * Matrix product `[rows, inner]` × `[inner, columns]`, each row by itself: the same bits however many there are, from
 * two on, on processors with AVX-512. The library's `MatMul` takes another way for up to 100 rows than for more; of a batch of one it does not.
 */
export function productByRow(
  native: NativeOps,
  work: Workspace,
  a: NativeTensor,
  b: NativeTensor,
): NativeTensor {
  const [left, right] = [a, b].map((matrix) => work.reshape(matrix, [1, ...matrix.shape]));
  const plain = [native.bool('adj_x', false), native.bool('adj_y', false)];
  const product = work.op('BatchMatMul', plain, [left, right]);
  const rows = work.reshape(product, [a.shape[0], b.shape[1]]);
  work.release(left, right, product);
  return rows;
}

/** The sum over all rows of their outer products, `[inner, columns]`. */
export function sumOfProducts(
  native: NativeOps,
  work: Workspace,
  a: NativeTensor,
  b: NativeTensor,
): NativeTensor {
  return work.op('MatMul', [native.bool('transpose_a', true)], [a, b]);
}
