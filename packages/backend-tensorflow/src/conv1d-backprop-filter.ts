import type { Conv1dBackpropFilterAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { asImages, convolutionAttributes, cropped, padded, preActivated } from './convolution.js';
import { GROUPED_FILTER_GRADIENT, worthGrouping } from './grouped-convolution.js';
import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';
import { paddingFor } from './padding.js';
import { matrixProduct, unfolded, worthUnfolding } from './unfolding.js';

/** Of our own: see `native/filter-gradient.h`. */
export const FILTER_GRADIENT = 'HifiganFilterGradient';
/** Channels of a group, in and out, up to which ours is the faster. */
const FEW_CHANNELS = 64;

/** Inputs of the kernel: `x [batch, time, inChannels]`, `dy [batch, outTime, outChannels]`. */
export interface Conv1dBackpropFilterInputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

/** The kernel `CONV1D_BACKPROP_FILTER` of `@hifigan/ops`. */
export function conv1dBackpropFilter(
  native: NativeOps,
  inputs: Conv1dBackpropFilterInputs,
  attributes: Conv1dBackpropFilterAttributes,
): TensorInfo {
  const { groups, stride, dilation, kernelSize } = attributes;
  const [result] = native.run((work) => {
    const x = preActivated(native, work, work.input(inputs.x), attributes.preActivationSlope);
    const dy = work.input(inputs.dy);
    const size = { groups, kernelSize, inChannels: x.shape[2], outChannels: dy.shape[2] };
    const grouped = worthGrouping(native, GROUPED_FILTER_GRADIENT, size);
    if (grouped || worthOwn(native, inputs, groups)) {
      const geometry = work.ints([kernelSize, stride, dilation, attributes.padLeft, groups]);
      return [work.op(grouped ? GROUPED_FILTER_GRADIENT : FILTER_GRADIENT, [], [x, dy, geometry])];
    }
    // The library's own grouped gradient is four times slower than group by group where it strides.
    const byPhase = !native.onGpu && groups > 1 && stride > 1 && dilation === 1;
    return [(byPhase ? gradientByPhase : gradient)(native, work, x, dy, attributes)];
  });
  return result;
}

/**
 * With few channels a group the library's filter gradients are bound by how it rearranges them; measured on the
 * shapes of V1 to V3 on two threads, ours reaches two to three times the speed where convolutions stride in groups,
 * and 1.2 to 2 times that of the generator's last blocks. A single channel fills no vector.
 */
function worthOwn(
  native: NativeOps,
  { x, dy }: Conv1dBackpropFilterInputs,
  groups: number,
): boolean {
  const inGroup = x.shape[2] / groups;
  const outGroup = dy.shape[2] / groups;
  return (
    !native.onGpu &&
    inGroup > 1 &&
    outGroup > 1 &&
    Math.max(inGroup, outGroup) <= FEW_CHANNELS &&
    native.knows(FILTER_GRADIENT)
  );
}

/** By the library's own kernel, or as one matrix product. Takes `x` over. */
function gradient(
  native: NativeOps,
  work: Workspace,
  x: NativeTensor,
  dy: NativeTensor,
  attributes: Conv1dBackpropFilterAttributes,
): NativeTensor {
  const { kernelSize, groups } = attributes;
  const [batch, time, inChannels] = x.shape;
  const [, outTime, outChannels] = dy.shape;
  const positions = batch * outTime;
  const shape = [kernelSize, inChannels / groups, outChannels];

  const size = { groups, positions, kernelSize, inChannels, outChannels };
  if (worthUnfolding(native, size, 1)) {
    const matrix = unfolded(work, x, kernelSize, attributes, outTime);
    work.release(x);
    const product = matrixProduct(
      native,
      work,
      matrix,
      work.reshape(dy, [positions, outChannels]),
      true,
    );
    return work.reshape(product, shape);
  }
  const padding = paddingFor(time, kernelSize, attributes);
  const wide = padding.mode === 'VALID' ? padded(work, x, padding.left, padding.right) : x;
  const images = asImages(work, wide);
  const sizes = work.ints([1, ...shape]);
  const convolution = convolutionAttributes(native, attributes, padding.mode);
  const result = work.op('Conv2DBackpropFilter', convolution, [images, sizes, asImages(work, dy)]);
  return work.reshape(result, shape);
}

/**
 * Group by group, and without a stride: the `stride` samples between two outputs become channels
 * (a reshape in this layout), which leaves a kernel of `ceil(kernel / stride)` taps that moves by one.
 * Takes `x` over.
 */
function gradientByPhase(
  native: NativeOps,
  work: Workspace,
  x: NativeTensor,
  dy: NativeTensor,
  attributes: Conv1dBackpropFilterAttributes,
): NativeTensor {
  const { kernelSize, stride, groups, padLeft } = attributes;
  const [batch, time, inChannels] = x.shape;
  const [, outTime, outChannels] = dy.shape;
  const inGroup = inChannels / groups;
  const outGroup = outChannels / groups;
  const taps = Math.ceil(kernelSize / stride);
  const steps = outTime - 1 + taps;

  const tail = steps * stride - padLeft - time;
  const wide = cropped(work, padded(work, x, padLeft, Math.max(tail, 0)), 0, steps * stride);
  const channelAxis = work.ints([2], []);
  const split = [native.integers('num_split', groups)];
  const xs = work.ops('Split', split, [channelAxis, wide], groups);
  const dys = work.ops('Split', split, [channelAxis, dy], groups);
  work.release(wide);

  const sizes = work.ints([1, taps, stride * inGroup, outGroup]);
  const convolution = convolutionAttributes(native, { stride: 1, dilation: 1 }, 'VALID');
  const parts = xs.map((group, index) => {
    const phases = work.reshape(group, [batch, 1, steps, stride * inGroup]);
    const outputs = asImages(work, dys[index]);
    const part = work.op('Conv2DBackpropFilter', convolution, [phases, sizes, outputs]);
    work.release(group, dys[index], phases, outputs);
    const filter = work.reshape(part, [taps * stride, inGroup, outGroup]);
    work.release(part);
    return filter;
  });
  // A list of inputs: here the library does not find out the types by itself.
  const types = [native.integers('N', groups), native.floatType('T'), native.intType('Tidx')];
  const joined = work.op('ConcatV2', types, [...parts, channelAxis]);
  // Taps beyond the kernel, where it is no multiple of the stride.
  const begin = work.ints([0, 0, 0]);
  return work.op('Slice', [], [joined, begin, work.ints([kernelSize, inGroup, outChannels])]);
}
