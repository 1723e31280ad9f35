import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';
import type { Padding } from './padding.js';

/** What decides whether a convolution is worth unfolding into one matrix product. */
export interface UnfoldingCase {
  readonly onGpu: boolean;
  readonly groups: number;
  readonly dilation: number;
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
export function worthUnfolding(convolution: UnfoldingCase, advantage: number): boolean {
  const { onGpu, groups, dilation, positions, kernelSize, inChannels, outChannels } = convolution;
  return (
    !onGpu &&
    groups === 1 &&
    // The library's copy is ten times slower with gaps in it.
    dilation === 1 &&
    kernelSize * inChannels * outChannels >= LARGE_FILTER &&
    outChannels >= advantage * positions
  );
}

/**
 * The input of a convolution as a matrix `[batch × outTime, kernel × channels]`.
 *
 * @param images `[batch, 1, time, channels]`, padded already where the mode is `VALID`
 */
export function unfolded(
  native: NativeOps,
  work: Workspace,
  images: NativeTensor,
  kernelSize: number,
  stride: number,
  padding: Padding['mode'],
): NativeTensor {
  const attributes = [
    native.integers('ksizes', [1, 1, kernelSize, 1]),
    native.integers('strides', [1, 1, stride, 1]),
    native.integers('rates', [1, 1, 1, 1]),
    native.string('padding', padding),
  ];
  const patches = work.op('ExtractImagePatches', attributes, [images]);
  const [batch, , time, width] = patches.shape;
  const matrix = work.reshape(patches, [batch * time, width]);
  work.release(patches);
  return matrix;
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
