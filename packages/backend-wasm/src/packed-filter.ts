import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelContext } from './context.js';
import { KIND } from './kinds.js';
import type { ConvolutionWay } from './scheme-table.js';
import { filterMatrix, type Scheme, schemeShape } from './schemes.js';

/** Where the values of a filter stand in a tensor, in the terms of `assembly/pack.ts`. */
export interface FilterLayout {
  /** Tells this layout from others of the same filter. */
  readonly key: string;
  /** Of a part. */
  readonly taps: number;
  readonly parts: number;
  readonly groups: number;
  /** Of a group. */
  readonly inChannels: number;
  /** Of a group and a phase. */
  readonly outChannels: number;
  readonly phases: number;
  readonly base: number;
  readonly tapStep: number;
  readonly partStep: number;
  readonly inStep: number;
  readonly phaseStep: number;
  readonly outStep: number;
  readonly groupStep: number;
  readonly first: number;
  readonly tapHop: number;
  readonly kernel: number;
}

/** A convolution's own filter, `[kernel, inChannels, groups · outChannels]`, taken in so many parts. */
export function forwardLayout(
  kernel: number,
  groups: number,
  inChannels: number,
  outChannels: number,
  parts: number,
): FilterLayout {
  const width = groups * outChannels;
  return {
    key: 'forward',
    taps: Math.ceil(kernel / parts),
    parts,
    groups,
    inChannels,
    outChannels,
    phases: 1,
    base: 0,
    tapStep: parts * inChannels * width,
    partStep: inChannels * width,
    inStep: width,
    phaseStep: 0,
    outStep: 1,
    groupStep: outChannels,
    first: 0,
    tapHop: parts,
    kernel,
  };
}

/**
 * The filter `[kernel, outChannels, groups · inChannels]` of the convolution whose transpose is wanted, as
 * that of a convolution of stride 1 with `stride` phases. Its taps run backwards: the last reads the newest
 * sample, which the first `stride` taps of the kernel spread.
 */
export function transposedLayout(
  kernel: number,
  stride: number,
  groups: number,
  inChannels: number,
  outChannels: number,
): FilterLayout {
  const taps = Math.ceil(kernel / stride);
  const width = groups * inChannels;
  const last = stride * (taps - 1);
  return {
    key: `transposed by ${stride}`,
    taps,
    parts: 1,
    groups,
    inChannels,
    outChannels,
    phases: stride,
    base: last * outChannels * width,
    tapStep: -stride * outChannels * width,
    partStep: 0,
    inStep: 1,
    phaseStep: outChannels * width,
    outStep: width,
    groupStep: inChannels,
    first: last,
    tapHop: -stride,
    kernel,
  };
}

/** Bytes between planes, see `filterPlaneBytes` in `assembly/pack.ts`. */
const PLANE_GAP = 576;

/**
 * The filter in the order in which products read it, made once and kept with the tensor.
 *
 * @returns its address
 */
export function packedFilter(
  context: KernelContext,
  filter: TensorInfo,
  layout: FilterLayout,
  { scheme, taps, passes, parts }: ConvolutionWay,
): number {
  const { groups, inChannels, outChannels, phases, kernel } = layout;
  const key = [
    `${layout.key}, ${kernel} taps, ${inChannels} to ${outChannels} channels, ${phases} phases, ${groups} groups`,
    `${passes} times ${taps} taps of ${parts} parts, ${scheme}`,
  ].join(', ');
  const { planes } = schemeShape(scheme, taps);
  const panels = Math.ceil((outChannels * phases) / 8);
  const rows = parts * Math.ceil(inChannels / 4) * 4;
  const bytes = groups * passes * planes * (panels * rows * 32 + PLANE_GAP);
  return context.packed(filter, key, bytes, (target) => {
    const source = context.pointerOf(filter);
    const matrix = scheme === 'direct' ? 0 : matrixInHeap(context, scheme, taps);
    const job = context
      .job()
      .integers(source, target, matrix, planes, taps, passes, parts, groups, inChannels)
      .integers(outChannels, phases, panels, layout.base, layout.tapStep, layout.partStep)
      .integers(layout.inStep, layout.phaseStep, layout.outStep, layout.groupStep)
      .integers(layout.first, layout.tapHop, kernel);
    context.runtime.parallel(KIND.pack, job.address, groups * panels, taps * 128);
  });
}

/** The scheme's matrix in the heap, until the kernel ends. */
export function matrixInHeap(
  context: KernelContext,
  scheme: Exclude<Scheme, 'direct'>,
  taps: number,
): number {
  const matrix = filterMatrix(scheme, taps);
  const pointer = context.borrow(matrix.length * 4);
  context.heap.float32(pointer, matrix.length).set(matrix);
  return pointer;
}
