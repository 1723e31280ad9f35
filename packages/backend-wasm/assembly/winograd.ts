import {
  ConvolutionJob,
  planesOf,
  Scheme,
  tileOutputs,
  tileRows,
} from './convolution-job';
import { put } from './ending';
import { loadPart, multiplyAdd, roundUp } from './lanes';
import { PANEL, product } from './product';
import { stageRows } from './staging';
import { transformTiles } from './tiles';
import { backward8 } from './transforms';

/** One block of tiles of one group. */
export function winogradItem(job: ConvolutionJob, item: i32, scratch: usize): void {
  const scheme = job.scheme;
  const outputs = tileOutputs(scheme, job.taps);
  const rowsOfTile = tileRows(scheme);
  const planes = planesOf(scheme);
  const dilation = job.dilation;
  // Of each of the `dilation` interleaved signals of an item of the batch.
  const longest = (job.steps + dilation - 1) / dilation;
  const tilesOfSignal = (longest + outputs - 1) / outputs;
  const allTiles = job.batch * dilation * tilesOfSignal;

  const group = item / job.blocks;
  const first = (item % job.blocks) * job.blockSize;
  const count = min(job.blockSize, allTiles - first);

  const inVectors = (job.inChannels + 3) >> 2;
  const outWidth = roundUp(job.outChannels * job.phases, PANEL);
  const aStep = <usize>(inVectors * 16);
  const cStep = <usize>(outWidth * 4);
  const padded = roundUp(count, 4);
  // Planes whose distance is a power of two would share few sets of the cache.
  const aPlane = aStep * padded + 64;
  const cPlane = cStep * padded + 64;
  const zero = scratch;
  const rowTable = zero + 16;
  const a = (rowTable + <usize>padded + 63) & ~63;
  const c = a + aPlane * planes;
  const staged = c + cPlane * planes;

  // The signals are taken one after the other: what lies between two tiles of one signal is staged once.
  let tile = 0;
  while (tile < count) {
    const signal = (first + tile) / tilesOfSignal;
    const begin = (first + tile) % tilesOfSignal;
    const run = min(count - tile, tilesOfSignal - begin);
    const rows = (run - 1) * outputs + rowsOfTile;
    const vectorStep = <usize>((rows | 1) * 16);
    stageRows(
      job,
      group,
      signal / dilation,
      begin * outputs * dilation + (signal % dilation) - job.pad,
      dilation,
      rows,
      staged,
      vectorStep,
    );
    transformTiles(scheme, staged, vectorStep, outputs, run, inVectors, a, tile, inVectors * 64, 64, aPlane);
    tile += run;
  }

  const panels = outWidth / PANEL;
  const filterPlane = <usize>(panels * inVectors) * 128;
  const filter = job.filter + <usize>(group * planes) * filterPlane;
  store<u32>(zero, 0);
  for (let four = 0; four < padded >> 2; four++) {
    store<u32>(rowTable + <usize>four * 4, <u32>(four * inVectors * 64));
  }
  for (let plane = 0; plane < planes; plane++) {
    product(
      a + aPlane * plane,
      rowTable,
      padded >> 2,
      zero,
      1,
      inVectors,
      64,
      filter + filterPlane * plane,
      panels,
      c + cPlane * plane,
      cStep,
    );
  }

  for (tile = 0; tile < count; tile++) {
    const signal = (first + tile) / tilesOfSignal;
    const begin = (first + tile) % tilesOfSignal;
    finish(job, group, signal, begin * outputs, outputs, c + cStep * tile, cPlane);
  }
}

/** Aᵀ and all that follows the sum, for one tile. */
function finish(
  job: ConvolutionJob,
  group: i32,
  signal: i32,
  firstStep: i32,
  outputs: i32,
  c: usize,
  plane: usize,
): void {
  const dilation = job.dilation;
  const item = signal / dilation;
  const residue = signal % dilation;
  const channels = job.outChannels;
  const rowBytes = <usize>(channels * job.groups * 4);
  const side = <usize>(group * channels * 4);
  const yItem = job.y + <usize>item * job.outTime * rowBytes + side;
  const rItem = job.residual
    ? job.residual + <usize>item * job.outTime * rowBytes + side
    : <usize>0;
  const bias = job.bias ? job.bias + side : <usize>0;
  const count = min(outputs, (job.steps - residue + dilation - 1) / dilation - firstStep);
  if (count <= 0) return;
  const step0 = firstStep * dilation + residue;
  const rowStep = <usize>(dilation * job.phases) * rowBytes;
  for (let phase = 0; phase < job.phases; phase++) {
    const sample = step0 * job.phases + phase - job.cut;
    // Rows that the padding cut off, at both ends.
    const sampleStep = dilation * job.phases;
    let skip = 0;
    while (skip < count && sample + skip * sampleStep < 0) skip++;
    let keep = count;
    while (keep > skip && sample + (keep - 1) * sampleStep >= job.outTime) keep--;
    if (keep <= skip) continue;
    const offset = <isize>sample * <isize>rowBytes;
    finishPhase(
      job,
      c + <usize>(phase * channels * 4),
      plane,
      <usize>(<isize>yItem + offset),
      rItem ? <usize>(<isize>rItem + offset) : <usize>0,
      bias,
      rowStep,
      outputs,
      skip,
      keep,
    );
  }
}

function finishPhase(
  job: ConvolutionJob,
  c: usize,
  plane: usize,
  y: usize,
  residual: usize,
  bias: usize,
  rowStep: usize,
  outputs: i32,
  skip: i32,
  keep: i32,
): void {
  const scheme = job.scheme;
  const activation = job.activation;
  const slope = f32x4.splat(job.slopeAfter);
  let left = job.outChannels;
  let offset: usize = 0;
  while (left > 0) {
    const sums = bias ? loadPart(bias + offset, left) : f32x4.splat(0);
    if (scheme == Scheme.Single) {
      const m1 = v128.load(c + plane);
      const m2 = v128.load(c + plane * 2);
      const m3 = v128.load(c + plane * 3);
      const m4 = v128.load(c + plane * 4);
      const m5 = v128.load(c + plane * 5);
      const m6 = v128.load(c + plane * 6);
      const zero = v128.load(c);
      const infinity = v128.load(c + plane * 7);
      const s1 = f32x4.add(f32x4.add(m1, m2), sums);
      const d1 = f32x4.add(f32x4.sub(m1, m2), sums);
      const s2 = f32x4.add(m3, m4);
      const d2 = f32x4.sub(m3, m4);
      const s3 = f32x4.add(m5, m6);
      const d3 = f32x4.sub(m5, m6);
      for (let i = skip; i < keep; i++) {
        let value = backward8(i, zero, s1, d1, s2, d2, s3, d3);
        if (i == outputs - 1) value = f32x4.add(value, infinity);
        const at = offset + rowStep * i;
        put(value, y + at, residual ? residual + at : 0, left, activation, slope);
      }
    } else {
      for (let half = 0; half < 2; half++) {
        // Four outputs each.
        const from = max(skip - half * 4, 0);
        const to = min(keep - half * 4, 4);
        if (from >= to) continue;
        let z: v128;
        let p1: v128;
        let q1: v128;
        let p2: v128;
        let q2: v128;
        let h: v128;
        let infinity: v128;
        if (scheme == Scheme.Double) {
          const q = half ? c + plane * 7 : c;
          const r = half ? c + plane * 14 : c + plane * 7;
          const sign = f32x4.splat(half ? -1 : 1);
          z = multiplyAdd(sign, v128.load(r), v128.load(q));
          p1 = multiplyAdd(sign, v128.load(r + plane), v128.load(q + plane));
          q1 = multiplyAdd(sign, v128.load(r + plane * 2), v128.load(q + plane * 2));
          p2 = multiplyAdd(sign, v128.load(r + plane * 3), v128.load(q + plane * 3));
          q2 = multiplyAdd(sign, v128.load(r + plane * 4), v128.load(q + plane * 4));
          h = multiplyAdd(sign, v128.load(r + plane * 5), v128.load(q + plane * 5));
          infinity = multiplyAdd(sign, v128.load(r + plane * 6), v128.load(q + plane * 6));
        } else {
          z = threefold(c, plane, half);
          p1 = threefold(c + plane, plane, half);
          q1 = threefold(c + plane * 2, plane, half);
          p2 = threefold(c + plane * 3, plane, half);
          q2 = threefold(c + plane * 4, plane, half);
          h = threefold(c + plane * 5, plane, half);
          infinity = threefold(c + plane * 6, plane, half);
        }
        const s1 = f32x4.add(f32x4.add(p1, q1), sums);
        const d1 = f32x4.add(f32x4.sub(p1, q1), sums);
        const s2 = f32x4.add(p2, q2);
        const d2 = f32x4.sub(p2, q2);
        for (let i = from; i < to; i++) {
          let value: v128;
          if (i == 0) value = f32x4.add(f32x4.add(z, s1), f32x4.add(s2, h));
          else if (i == 1)
            value = multiplyAdd(f32x4.splat(0.5), h, multiplyAdd(f32x4.splat(2), d2, d1));
          else if (i == 2)
            value = multiplyAdd(f32x4.splat(0.25), h, multiplyAdd(f32x4.splat(4), s2, s1));
          else
            value = f32x4.add(
              infinity,
              multiplyAdd(f32x4.splat(0.125), h, multiplyAdd(f32x4.splat(8), d2, d1)),
            );
          const at = offset + rowStep * (half * 4 + i);
          put(value, y + at, residual ? residual + at : 0, left, activation, slope);
        }
      }
    }
    c += 16;
    offset += 16;
    left -= 4;
  }
}

/** m1 + m2 + m3 for the first half, m2 - m3 - m4 for the second. */
// @ts-ignore: decorators are AssemblyScript's
@inline
function threefold(c: usize, plane: usize, half: i32): v128 {
  const m2 = v128.load(c + plane * 7);
  const m3 = v128.load(c + plane * 14);
  return half
    ? f32x4.sub(f32x4.sub(m2, m3), v128.load(c + plane * 21))
    : f32x4.add(v128.load(c), f32x4.add(m2, m3));
}
