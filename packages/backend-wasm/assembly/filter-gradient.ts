import {
  allTiles,
  ConvolutionJob,
  firstStep,
  itemOf,
  planesOf,
  restOfStrip,
  rowVectors,
  stepsFrom,
  Scheme,
  tileOutputs,
  tileRows,
} from './convolution-job';
import { loadPart, multiplyAdd, roundUp, storePart } from './lanes';
import { PANEL, transposedProduct } from './product';
import { stageParts, stageRows } from './staging';
import { transformTiles } from './tiles';
import { adjoint7, adjoint8 } from './transforms';

/**
 * The gradient of a convolution with respect to its filter: for each tap, the product of what it read, over
 * all steps, and the gradient `y` of what came of it. Winograd's way is the adjoint of the forward one: as
 * many planes of products, over tiles in place of steps, and the transposed matrix of the filter at the end.
 *
 * First both sides are laid out as the product wants them (`layOutItem`), then multiplied
 * (`filterGradientItem`).
 */
@unmanaged
export class FilterGradientJob extends ConvolutionJob {
  /** Room for the laid out left side; see `leftStep` and its like. */
  left: usize;
  right: usize;
  /** `[planes][taps]`; 0 where each tap is a plane. */
  matrix: usize;
  /** `[kernel, inChannels, groups · outChannels]` */
  gradient: usize;
  /** Taps of the gradient, at most `taps · parts`. */
  kernel: i32;
  /** Rows that one signal takes (direct), a multiple of four; all rows or tiles, likewise. */
  pitch: i32;
  count: i32;
  /** Whether an earlier pass has laid out the right side, which is the same for all. */
  rightIsThere: i32;
}

/** Positions whose products are added up before the sums go back to memory. */
const AT_ONCE: i32 = 512;

// @ts-ignore: decorators are AssemblyScript's
@inline
function haloOf(job: FilterGradientJob): i32 {
  return ((job.taps - 1) * job.dilation) / job.stride;
}

/** Rows of one of the `stride` interleaved parts, the reach of the last taps included. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function partRows(job: FilterGradientJob): i32 {
  return job.count + roundUp(haloOf(job), 4);
}

/** One signal of one group (direct), or one block of tiles of one group. */
export function layOutItem(job: FilterGradientJob, item: i32, scratch: usize): void {
  if (job.scheme == Scheme.Direct) layOutSignal(job, item / job.batch, item % job.batch);
  else layOutTiles(job, item / job.blocks, item % job.blocks, scratch);
}

function layOutSignal(job: FilterGradientJob, group: i32, signal: i32): void {
  const vectors = (job.inChannels + 3) >> 2;
  const panels = (job.outChannels + PANEL - 1) / PANEL;
  const rows = partRows(job);
  const vectorStep = <usize>(rows * job.stride) * 16;
  const left = job.left + <usize>(group * vectors) * vectorStep;
  const last = signal == job.batch - 1;
  for (let part = 0; part < job.stride; part++) {
    stageRows(
      job,
      group,
      signal,
      part - job.pad,
      job.stride,
      last ? rows - signal * job.pitch : job.pitch,
      left + <usize>(part * rows + signal * job.pitch) * 16,
      vectorStep,
    );
  }
  const right = job.right + <usize>(group * panels * job.count + signal * job.pitch) * 32;
  const rowBytes = <usize>(job.outChannels * job.groups) * 4;
  const dy =
    job.y + <usize>(signal * job.steps) * rowBytes + <usize>(group * job.outChannels) * 4;
  for (let row = 0; row < job.pitch; row++) {
    for (let panel = 0; panel < panels; panel++) {
      const to = right + <usize>(panel * job.count + row) * 32;
      let low = f32x4.splat(0);
      let high = low;
      if (row < job.steps) {
        const from = dy + <usize>row * rowBytes + <usize>panel * 32;
        const channels = job.outChannels - panel * PANEL;
        low = loadPart(from, channels);
        if (channels > 4) high = loadPart(from + 16, channels - 4);
      }
      v128.store(to, low);
      v128.store(to, high, 16);
    }
  }
}

function layOutTiles(job: FilterGradientJob, group: i32, block: i32, scratch: usize): void {
  const scheme = job.scheme;
  const outputs = tileOutputs(scheme, job.taps);
  const planes = planesOf(scheme);
  const first = block * job.blockSize;
  const end = min(first + job.blockSize, allTiles(job));

  const vectors = rowVectors(job);
  const leftVector = <usize>job.count * 16;
  const leftPlane = leftVector * vectors;
  const left = job.left + leftPlane * <usize>(planes * group);
  const outVectors = ((job.outChannels + PANEL - 1) / PANEL) * 2;
  const rightPlane = <usize>(job.count * outVectors) * 16;
  const right = job.right + rightPlane * <usize>(planes * group);

  let tile = first;
  while (tile < end) {
    const run = min(end - tile, restOfStrip(job, tile));
    const rows = (run - 1) * outputs + tileRows(scheme);
    const vectorStep = <usize>(rows | 1) * 16;
    const item = itemOf(job, tile);
    let step = firstStep(job, tile, outputs);
    stageParts(job, group, item, step, 0, rows, scratch, vectorStep);
    transformTiles(
      scheme,
      scratch,
      vectorStep,
      outputs,
      run,
      vectors,
      left,
      tile,
      64,
      leftVector,
      leftPlane,
    );
    if (!job.rightIsThere) {
      for (let i = 0; i < run; i++) {
        adjointTile(job, group, item, step, outputs, right, tile + i, rightPlane);
        step += outputs * job.dilation;
      }
    }
    tile += run;
  }
  if (end < allTiles(job)) return;
  // The rest of the last four.
  const zero = f32x4.splat(0);
  for (; tile < job.count; tile++) {
    for (let plane: usize = 0; plane < <usize>planes; plane++) {
      for (let v: usize = 0; v < <usize>vectors; v++) {
        v128.store(left + plane * leftPlane + v * leftVector + <usize>tile * 16, zero);
      }
      for (let v = 0; v < outVectors; v++) {
        v128.store(right + plane * rightPlane + placeOf(job, v, tile), zero);
      }
    }
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function placeOf(job: FilterGradientJob, vector: i32, tile: i32): usize {
  return <usize>((vector >> 1) * job.count + tile) * 32 + <usize>((vector & 1) * 16);
}

/** A of one tile's gradients. */
function adjointTile(
  job: FilterGradientJob,
  group: i32,
  item: i32,
  step: i32,
  outputs: i32,
  right: usize,
  tile: i32,
  plane: usize,
): void {
  const rowBytes = <usize>(job.outChannels * job.groups) * 4;
  const rowStep = rowBytes * job.dilation;
  const count = stepsFrom(job, step, outputs);
  const sample = item * job.steps + step;
  const dy = job.y + <usize>sample * rowBytes + <usize>(group * job.outChannels) * 4;
  const vectors = ((job.outChannels + PANEL - 1) / PANEL) * 2;
  for (let v = 0; v < vectors; v++) {
    const channels = job.outChannels - v * 4;
    const from = dy + <usize>v * 16;
    const to = right + placeOf(job, v, tile);
    const n = channels > 0 ? count : 0;
    const y0 = row(from, 0, n, rowStep, channels);
    const y1 = row(from, 1, n, rowStep, channels);
    const y2 = row(from, 2, n, rowStep, channels);
    const y3 = row(from, 3, n, rowStep, channels);
    const y4 = row(from, 4, n, rowStep, channels);
    const y5 = row(from, 5, n, rowStep, channels);
    const y6 = row(from, 6, n, rowStep, channels);
    if (job.scheme == Scheme.Single) {
      const last = row(from, outputs - 1, n, rowStep, channels);
      adjoint8(y0, y1, y2, y3, y4, y5, y6, last, to, plane);
      continue;
    }
    const y7 = row(from, 7, n, rowStep, channels);
    adjoint7(y0, y1, y2, y3, to, plane);
    const z0 = f32x4.add(y0, y4);
    const z1 = f32x4.add(y1, y5);
    const z2 = f32x4.add(y2, y6);
    const z3 = f32x4.add(y3, y7);
    adjoint7(z0, z1, z2, z3, to + plane * 7, plane);
    let end = to + plane * 14;
    if (job.scheme == Scheme.Triple) {
      const d0 = f32x4.sub(y0, y4);
      const d1 = f32x4.sub(y1, y5);
      const d2 = f32x4.sub(y2, y6);
      const d3 = f32x4.sub(y3, y7);
      adjoint7(d0, d1, d2, d3, end, plane);
      end += plane * 7;
    }
    adjoint7(f32x4.neg(y4), f32x4.neg(y5), f32x4.neg(y6), f32x4.neg(y7), end, plane);
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function row(from: usize, i: i32, count: i32, rowStep: usize, channels: i32): v128 {
  if (i >= count) return f32x4.splat(0);
  const at = from + rowStep * i;
  return channels >= 4 ? v128.load(at) : loadPart(at, channels);
}

/** Eight output channels of one group. */
export function filterGradientItem(job: FilterGradientJob, item: i32, scratch: usize): void {
  const direct = job.scheme == Scheme.Direct;
  const panels = (job.outChannels + PANEL - 1) / PANEL;
  const group = item / panels;
  const panel = item % panels;
  // Of the direct way, which has no parts, too.
  const vectors = rowVectors(job);
  const planes = direct ? job.taps : planesOf(job.scheme);
  const zero = f32x4.splat(0);
  const sums = <usize>(vectors * planes) * 128;
  for (let at: usize = 0; at < sums; at += 16) v128.store(scratch + at, zero);

  if (direct) {
    const rows = partRows(job);
    const vectorStep = <usize>(rows * job.stride) * 16;
    const left = job.left + <usize>(group * vectors) * vectorStep;
    const right = job.right + <usize>(item * job.count) * 32;
    for (let first = 0; first < job.count; first += AT_ONCE) {
      const count = min(AT_ONCE, job.count - first);
      for (let v = 0; v < vectors; v++) {
        for (let tap = 0; tap < job.taps; tap++) {
          const reach = tap * job.dilation;
          const at = (reach % job.stride) * rows + reach / job.stride + first;
          transposedProduct(
            left + vectorStep * v + <usize>at * 16,
            right + <usize>first * 32,
            count,
            scratch + <usize>(v * planes + tap) * 128,
          );
        }
      }
    }
  } else {
    const leftVector = <usize>job.count * 16;
    const leftPlane = leftVector * vectors;
    const rightPanel = <usize>job.count * 32;
    const rightPlane = rightPanel * panels;
    const left = job.left + leftPlane * <usize>(planes * group);
    const right = job.right + rightPlane * <usize>(planes * group) + rightPanel * panel;
    for (let first = 0; first < job.count; first += AT_ONCE) {
      const count = min(AT_ONCE, job.count - first);
      for (let plane = 0; plane < planes; plane++) {
        for (let v = 0; v < vectors; v++) {
          transposedProduct(
            left + leftPlane * plane + leftVector * v + <usize>first * 16,
            right + rightPlane * plane + <usize>first * 32,
            count,
            scratch + <usize>(v * planes + plane) * 128,
          );
        }
      }
    }
  }

  const columns = job.outChannels - panel * PANEL;
  const width = job.outChannels * job.groups;
  const side = group * job.outChannels + panel * PANEL;
  const channelVectors = (job.inChannels + 3) >> 2;
  for (let part = 0; part < job.parts; part++) {
    for (let channel = 0; channel < job.inChannels; channel++) {
      const vector = part * channelVectors + (channel >> 2);
      const from = scratch + <usize>(vector * planes) * 128 + <usize>((channel & 3) * 32);
      for (let tap = 0; tap < job.taps; tap++) {
        const kernelTap = tap * job.parts + part;
        if (kernelTap >= job.kernel) continue;
        let low: v128;
        let high: v128;
        if (direct) {
          low = v128.load(from + <usize>tap * 128);
          high = v128.load(from + <usize>tap * 128, 16);
        } else {
          low = zero;
          high = zero;
          for (let plane = 0; plane < planes; plane++) {
            const factor = v128.load32_splat(job.matrix + <usize>(plane * job.taps + tap) * 4);
            low = multiplyAdd(factor, v128.load(from + <usize>plane * 128), low);
            high = multiplyAdd(factor, v128.load(from + <usize>plane * 128, 16), high);
          }
        }
        const index = (kernelTap * job.inChannels + channel) * width + side;
        const to = job.gradient + <usize>index * 4;
        storePart(to, low, columns);
        if (columns > 4) storePart(to + 16, high, columns - 4);
      }
    }
  }
}
