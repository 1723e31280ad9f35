import { CONV1D_BACKPROP_FILTER, type Conv1dBackpropFilterAttributes } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelContext } from '../context.js';
import { blockSize, type Strips, stripsOf } from '../convolution.js';
import { kernel } from '../kernel.js';
import { KIND } from '../kinds.js';
import { matrixInHeap } from '../packed-filter.js';
import { type SchemeShape, schemeShape, stagedBytes } from '../schemes.js';
import { withoutSteepSlope } from '../steep-slope.js';

interface Inputs {
  readonly x: TensorInfo;
  readonly dy: TensorInfo;
}

/** The gradient of a convolution with respect to its filter. */
export const conv1dBackpropFilter = kernel<Inputs, Conv1dBackpropFilterAttributes>({
  name: CONV1D_BACKPROP_FILTER,
  compute: (context, { x, dy }, attributes) =>
    withoutSteepSlope(context, x, attributes.preActivationSlope, (activated, slope) =>
      filterGradient(context, { x: activated, dy }, { ...attributes, preActivationSlope: slope }),
    ),
});

function filterGradient(
  context: KernelContext,
  { x, dy }: Inputs,
  attributes: Conv1dBackpropFilterAttributes,
): TensorInfo {
  const { runtime } = context;
  const { stride, dilation, groups, padLeft, kernelSize } = attributes;
  const [batch, time, allIn] = x.shape;
  const [, steps, allOut] = dy.shape;
  const [inChannels, outChannels] = [allIn / groups, allOut / groups];
  const panels = Math.ceil(outChannels / 8);
  const way = context.chooseWay({
    operation: 'filterGradient',
    kernel: kernelSize,
    stride,
    dilation,
    groups,
    inChannels,
    outChannels,
    batch,
    steps,
  });
  const { scheme, taps, parts } = way;
  const vectors = parts * Math.ceil(inChannels / 4);
  const shape = schemeShape(scheme, taps);
  const plan =
    scheme === 'direct'
      ? byRows({ batch, steps, taps, stride, dilation, vectors, panels })
      : byTiles({ batch, steps, dilation, shape, vectors, panels, threads: runtime.threads });

  const xPointer = context.pointerOf(x);
  const dyPointer = context.pointerOf(dy);
  const { info, pointer } = context.makeOutput([kernelSize, inChannels, allOut]);
  const left = context.borrow(groups * plan.leftBytes);
  const right = context.borrow(groups * plan.rightBytes);
  const matrix = scheme === 'direct' ? 0 : matrixInHeap(context, scheme, taps);
  // Each pass makes the gradient of its own taps.
  for (let pass = 0; pass < way.passes; pass++) {
    const firstTap = pass * taps * parts;
    const gradient = pointer + firstTap * inChannels * allOut * 4;
    const pad = padLeft - firstTap * dilation;
    const job = context
      .job()
      .integers(xPointer, 0, 0, 0, dyPointer, shape.number, taps, batch, groups)
      .integers(inChannels, outChannels, 1, time, steps, steps, stride, dilation, pad, 0, 0)
      .floats(attributes.preActivationSlope, 1)
      .integers(parts, 1, plan.blocks, plan.blockSize, plan.stripTiles, plan.stretches)
      .integers(left, right, matrix, gradient, kernelSize - firstTap, plan.pitch, plan.count)
      .integers(pass > 0 ? 1 : 0);
    const staged = stagedBytes(shape, plan.blockSize, vectors);
    const items = scheme === 'direct' ? batch : plan.blocks;
    runtime.parallel(KIND.layOut, job.address, groups * items, staged);
    const sums = vectors * shape.planes * 128;
    runtime.parallel(KIND.filterGradient, job.address, groups * panels, sums);
  }
  return info;
}

/** How both sides are laid out (see `assembly/filter-gradient.ts`); bytes are of one group. */
interface Plan extends Strips {
  readonly blocks: number;
  readonly blockSize: number;
  readonly pitch: number;
  readonly count: number;
  readonly leftBytes: number;
  readonly rightBytes: number;
}

interface Sizes {
  readonly vectors: number;
  readonly panels: number;
}

function byRows({
  batch,
  steps,
  taps,
  stride,
  dilation,
  vectors,
  panels,
}: Sizes & {
  readonly batch: number;
  readonly steps: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
}): Plan {
  const halo = Math.floor(((taps - 1) * dilation) / stride);
  const pitch = Math.ceil((steps + halo) / 4) * 4;
  const count = pitch * batch;
  return {
    blocks: 1,
    blockSize: 1,
    stripTiles: 0,
    stretches: 0,
    pitch,
    count,
    leftBytes: vectors * stride * (count + Math.ceil(halo / 4) * 4) * 16,
    rightBytes: panels * count * 32,
  };
}

function byTiles({
  batch,
  steps,
  dilation,
  shape: { planes, outputs },
  vectors,
  panels,
  threads,
}: Sizes & {
  readonly batch: number;
  readonly steps: number;
  readonly dilation: number;
  readonly shape: SchemeShape;
  readonly threads: number;
}): Plan {
  const tileBytes = planes * (vectors * 16 + panels * 32);
  const { tiles, ...strips } = stripsOf(batch, steps, dilation, outputs, tileBytes);
  const count = Math.ceil(tiles / 4) * 4;
  const size = blockSize(tiles, tileBytes, threads);
  return {
    ...strips,
    blocks: Math.ceil(tiles / size),
    blockSize: size,
    pitch: 0,
    count,
    leftBytes: planes * vectors * count * 16,
    rightBytes: planes * panels * count * 32,
  };
}
