import type { ActivationName } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelContext } from './context.js';
import { KIND } from './kinds.js';
import { type FilterLayout, packedFilter } from './packed-filter.js';
import type { ConvolutionWay } from './scheme-table.js';
import { type SchemeShape, schemeShape, stagedBytes } from './schemes.js';

/** The same numbers as in `assembly/convolution-job.ts`. */
const ACTIVATION: Readonly<Record<ActivationName, number>> = { linear: 0, leakyRelu: 1, tanh: 2 };
/** The leaky ReLU with a slope above 1. */
const STEEP = 3;

/** Memory that the planes of a block may take on both sides of the products: what a core's cache holds. */
const BLOCK_BYTES = 1.5 * 2 ** 20;
const FEWEST_TILES = 16;
const MOST_TILES = 64;

/** A convolution in the terms of `assembly/convolution-job.ts`. */
export interface Convolution {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly layout: FilterLayout;
  readonly way: ConvolutionWay;
  readonly bias?: TensorInfo;
  readonly residual?: TensorInfo;
  readonly batch: number;
  readonly time: number;
  readonly outTime: number;
  /** Steps of output, each of `layout.phases` samples. */
  readonly steps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
  /** Samples of output that come before the first that is kept. */
  readonly cut: number;
  readonly slopeBefore: number;
  readonly activation: ActivationName;
  readonly slopeAfter: number;
}

/** `[batch, outTime, groups · outChannels]` */
export function convolve(context: KernelContext, convolution: Convolution): TensorInfo {
  const { layout, way, batch, time, outTime, steps, stride, dilation, pad, cut } = convolution;
  const { groups, inChannels, outChannels, phases } = layout;
  const { scheme, taps, passes, parts } = way;
  const shape = schemeShape(scheme, taps);
  const block = blockOf(shape, convolution, context.runtime.threads);

  const steep = convolution.activation === 'leakyRelu' && convolution.slopeAfter > 1;

  const filter = packedFilter(context, convolution.filter, layout, way);
  const x = context.pointerOf(convolution.x);
  const bias = convolution.bias ? context.pointerOf(convolution.bias) : 0;
  const residual = convolution.residual ? context.pointerOf(convolution.residual) : 0;
  const { info, pointer } = context.makeOutput([batch, outTime, groups * outChannels]);
  const job = context
    .job()
    .integers(x, filter, bias, residual, pointer, shape.number, taps, batch, groups)
    .integers(inChannels, outChannels, phases, time, outTime, steps, stride, dilation, pad, cut)
    .integers(steep ? STEEP : ACTIVATION[convolution.activation])
    .floats(convolution.slopeBefore, convolution.slopeAfter)
    .integers(parts, passes, block.count, block.size, block.stripTiles, block.stretches);
  const kind = scheme === 'direct' ? KIND.direct : KIND.winograd;
  context.runtime.parallel(kind, job.address, groups * block.count, block.scratchBytes);
  return info;
}

interface Block extends Strips {
  /** Blocks of a group. */
  readonly count: number;
  /** Tiles of a block. */
  readonly size: number;
  readonly scratchBytes: number;
}

interface Sizes {
  /** Vectors of four channels of a row of input. */
  readonly vectors: number;
  /** Channels of a row of output, filled up to panels. */
  readonly width: number;
  readonly threads: number;
}

/** How the output is shared out, and the memory that a part of it takes. */
function blockOf(shape: SchemeShape, convolution: Convolution, threads: number): Block {
  const { layout, way } = convolution;
  const vectors = way.parts * Math.ceil(layout.inChannels / 4);
  const width = Math.ceil((layout.outChannels * layout.phases) / 8) * 8;
  return way.scheme === 'direct'
    ? directBlock(convolution, { vectors, width, threads })
    : winogradBlock(shape, convolution, { vectors, width, threads });
}

/** See `directItem`. */
function directBlock(
  { way: { taps }, batch, steps, stride, dilation }: Convolution,
  { vectors, width, threads }: Sizes,
): Block {
  const fours = batch * Math.ceil(steps / 4);
  const size = blockSize(fours, 16 * (vectors * 4 * stride + width), threads);
  const samples = (size * 4 - 1) * stride + (taps - 1) * dilation + 1;
  return {
    count: Math.ceil(fours / size),
    size,
    // A row is a line longer where its length would be a power of two.
    scratchBytes: samples * (vectors * 16 + 64) + size * 16 * width,
    stripTiles: 0,
    stretches: 0,
  };
}

/** See `winogradItem`. */
function winogradBlock(
  shape: SchemeShape,
  { batch, steps, dilation }: Convolution,
  { vectors, width, threads }: Sizes,
): Block {
  const tileBytes = 4 * shape.planes * (vectors * 4 + width);
  const { tiles, ...strips } = stripsOf(batch, steps, dilation, shape.outputs, tileBytes);
  const size = blockSize(tiles, tileBytes, threads);
  const padded = Math.ceil(size / 4) * 4;
  const planes = shape.planes * (padded * 4 * (vectors * 4 + width) + 128);
  // The same place holds what a run of tiles reads, and later what a tile makes.
  const read = stagedBytes(shape, size, vectors);
  const made = shape.outputs * width * 4;
  return {
    ...strips,
    count: Math.ceil(tiles / size),
    size,
    scratchBytes: planes + Math.max(read, made) + 64,
  };
}

/** The order of Winograd's tiles (see `ConvolutionJob.stripTiles`). */
export interface Strips {
  readonly stripTiles: number;
  readonly stretches: number;
}

/** Shorter strips would stage many rows twice. */
const FEWEST_OF_STRIP = 4;

/**
 * Gradients are sums in the order of the tiles, which does not depend on the number of threads.
 *
 * @param tileBytes memory of a tile: all residues of a stretch fill about a block
 */
export function stripsOf(
  batch: number,
  steps: number,
  dilation: number,
  outputs: number,
  tileBytes: number,
): Strips & { readonly tiles: number } {
  const tiles = Math.ceil(Math.ceil(steps / dilation) / outputs);
  const wanted = Math.floor(tilesInCache(tileBytes) / dilation);
  const stretches = dilation === 1 ? 1 : Math.ceil(tiles / Math.max(FEWEST_OF_STRIP, wanted));
  const stripTiles = Math.ceil(tiles / stretches);
  return { stripTiles, stretches, tiles: batch * stretches * dilation * stripTiles };
}

/** Tiles of a block: whole fours, and about as many blocks for each thread. Results do not depend on it. */
export function blockSize(tiles: number, tileBytes: number, threads: number): number {
  const rounds = Math.ceil(tiles / (threads * tilesInCache(tileBytes)));
  const even = Math.ceil(tiles / (threads * rounds));
  return Math.max(4, Math.ceil(even / 4) * 4);
}

function tilesInCache(tileBytes: number): number {
  return Math.min(MOST_TILES, Math.max(FEWEST_TILES, Math.floor(BLOCK_BYTES / tileBytes)));
}
