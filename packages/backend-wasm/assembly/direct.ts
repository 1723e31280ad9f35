import { Activation, ConvolutionJob } from './convolution-job';
import { finishRows } from './ending';
import { leaky, multiplyAdd, roundUp } from './lanes';
import { NEVER, PANEL } from './product';
import { stageDense } from './staging';

/**
 * Rows of more bytes are staged even where they could be read in place: at such distances they share sets of the cache.
 */
const MOST_IN_PLACE: i32 = 256;

/** One block of rows of one group, tap by tap; any stride, dilation and number of taps. */
export function directItem(job: ConvolutionJob, item: i32, scratch: usize): void {
  const foursOfSignal = (job.steps + 3) >> 2;
  const group = item / job.blocks;
  let four = (item % job.blocks) * job.blockSize;
  const end = min(four + job.blockSize, job.batch * foursOfSignal);
  while (four < end) {
    const signal = four / foursOfSignal;
    const begin = four % foursOfSignal;
    const run = min(end - four, foursOfSignal - begin);
    directRun(job, group, signal, begin * 4, run * 4, scratch);
    four += run;
  }
}

/** @param rows from `step` on, a multiple of four; beyond the signal's last step they are zeros and not kept */
function directRun(
  job: ConvolutionJob,
  group: i32,
  signal: i32,
  step: i32,
  rows: i32,
  scratch: usize,
): void {
  const stride = job.stride;
  const channels = job.inChannels;
  const width = roundUp(channels, 4);
  const sample = step * stride - job.pad;
  const samples = (rows - 1) * stride + (job.taps - 1) * job.dilation + 1;
  let from: usize;
  let rowBytes = channels * job.groups * 4;
  const isWhole = sample >= 0 && sample + samples <= job.time && width == channels;
  if (isWhole && job.slopeBefore == 1 && rowBytes <= MOST_IN_PLACE) {
    from = job.x + <usize>(signal * job.time + sample) * rowBytes;
    from += <usize>(group * channels) * 4;
  } else {
    rowBytes = denseRowBytes(width);
    from = scratch;
    stageDense(job, group, signal, sample, samples, from, rowBytes);
    scratch += <usize>(samples * rowBytes);
  }

  const vectors = width >> 2;
  const outChannels = job.outChannels;
  const outWidth = roundUp(outChannels * job.phases, PANEL);
  const panels = outWidth / PANEL;
  const panelBytes = <usize>(job.taps * vectors) * 128;
  let filter = job.filter + panelBytes * <usize>(group * panels);
  const last = min(rows, job.steps - step);
  const atOnce =
    job.phases == 1 && outWidth == outChannels && job.activation <= Activation.LeakyRelu;
  // Of taps that follow each other in memory, one run.
  const isOneRun = <i32>(job.dilation * rowBytes == vectors * 16);
  const taps = isOneRun ? 1 : job.taps;
  const tapVectors = isOneRun ? job.taps * vectors : vectors;
  if (!atOnce) {
    for (let panel = 0; panel < panels; panel++) {
      const to = scratch + <usize>panel * 32;
      directPanel(from, stride * rowBytes, taps, job.dilation * rowBytes, tapVectors, filter, to, outWidth * 4, 0, 0, last, 1);
      filter += panelBytes;
    }
    finishRows(job, group, signal, step, 1, last, scratch, <usize>outWidth * 4);
    return;
  }
  const outBytes = outChannels * job.groups * 4;
  const side = <usize>(group * outChannels) * 4;
  // A convolution of one phase cuts nothing off.
  const at = <usize>(signal * job.outTime + step) * outBytes + side;
  const slope: f32 = job.activation == Activation.LeakyRelu ? job.slopeAfter : 1;
  for (let panel = 0; panel < panels; panel++) {
    const offset = <usize>panel * 32;
    const bias = job.bias ? job.bias + side + offset : 0;
    const residual = job.residual ? job.residual + at + offset : 0;
    directPanel(from, stride * rowBytes, taps, job.dilation * rowBytes, tapVectors, filter, job.y + at + offset, outBytes, bias, residual, last, slope);
    filter += panelBytes;
  }
}

/** Bytes from a staged row to the next. */
function denseRowBytes(width: i32): i32 {
  const bytes = width * 4;
  return (bytes & 1023) == 0 ? bytes + 64 : bytes;
}

/**
 * Eight columns of `rows` rows: the sum over taps and vectors of four channels, bias and residual added,
 * the leaky ReLU applied. Four rows are computed at a time: beyond the last, what is read is not kept.
 *
 * @param rowStep bytes from a row's first sample to the next row's
 * @param filter `[tap][vectors · 4][8]`
 * @param bias eight values, or 0
 * @param residual of the layout of `to`, or 0
 */
function directPanel(
  from: usize,
  rowStep: usize,
  taps: i32,
  tapStep: usize,
  vectors: i32,
  filter: usize,
  to: usize,
  toStep: usize,
  bias: usize,
  residual: usize,
  rows: i32,
  slope: f32,
): void {
  const never = load<i32>(NEVER);
  for (; rows > 0; rows -= 4) {
    let s00 = f32x4.splat(0);
    let s01 = s00;
    let s10 = s00;
    let s11 = s00;
    let s20 = s00;
    let s21 = s00;
    let s30 = s00;
    let s31 = s00;
    let b = filter;
    let tap = from;
    for (let left = taps; left > 0; left--) {
      let p0 = tap;
      let p1 = p0 + rowStep;
      let p2 = p1 + rowStep;
      let p3 = p2 + rowStep;
      const end = b + (<usize>vectors << 7);
      while (b < end) {
        // unrolled
        for (let k = 0; k < 4; k++) {
          if (!(never & (1 << k))) {
            const b0 = v128.load(b, k * 32);
            const b1 = v128.load(b, k * 32 + 16);
            let x = v128.load32_splat(p0, k * 4);
            s00 = multiplyAdd(x, b0, s00);
            s01 = multiplyAdd(x, b1, s01);
            x = v128.load32_splat(p1, k * 4);
            s10 = multiplyAdd(x, b0, s10);
            s11 = multiplyAdd(x, b1, s11);
            x = v128.load32_splat(p2, k * 4);
            s20 = multiplyAdd(x, b0, s20);
            s21 = multiplyAdd(x, b1, s21);
            x = v128.load32_splat(p3, k * 4);
            s30 = multiplyAdd(x, b0, s30);
            s31 = multiplyAdd(x, b1, s31);
          }
        }
        p0 += 16;
        p1 += 16;
        p2 += 16;
        p3 += 16;
        b += 128;
      }
      tap += tapStep;
    }
    from += rowStep * 4;
    if (bias) {
      // As the last: a sum that begins with the bias is rounded at the bias's size at every step.
      const bias0 = v128.load(bias);
      const bias1 = v128.load(bias, 16);
      s00 = f32x4.add(s00, bias0);
      s01 = f32x4.add(s01, bias1);
      s10 = f32x4.add(s10, bias0);
      s11 = f32x4.add(s11, bias1);
      s20 = f32x4.add(s20, bias0);
      s21 = f32x4.add(s21, bias1);
      s30 = f32x4.add(s30, bias0);
      s31 = f32x4.add(s31, bias1);
    }
    const slopes = f32x4.splat(slope);
    let y = to;
    let r = residual;
    finishEight(s00, s01, r, y, slopes);
    if (rows > 1) finishEight(s10, s11, residual ? (r += toStep) : 0, (y += toStep), slopes);
    if (rows > 2) finishEight(s20, s21, residual ? (r += toStep) : 0, (y += toStep), slopes);
    if (rows > 3) finishEight(s30, s31, residual ? (r += toStep) : 0, (y += toStep), slopes);
    to += toStep * 4;
    if (residual) residual += toStep * 4;
  }
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function finishEight(low: v128, high: v128, residual: usize, y: usize, slopes: v128): void {
  if (residual) {
    low = f32x4.add(low, v128.load(residual));
    high = f32x4.add(high, v128.load(residual, 16));
  }
  v128.store(y, leaky(low, slopes));
  v128.store(y, leaky(high, slopes), 16);
}
