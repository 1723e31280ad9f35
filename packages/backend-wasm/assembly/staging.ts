import { ConvolutionJob } from './convolution-job';
import { leaky, loadPart } from './lanes';

/**
 * Copies rows of one signal to blocks of four channels, `[vector][row][4]`: a product finds four rows by
 * four channels side by side there, whatever the stride and dilation. The leaky ReLU is applied; what lies
 * beyond the signal's ends is zeros.
 *
 * @param first sample of the first row, may be negative
 * @param sampleStep samples from a row to the next
 * @param vectorStep bytes from four channels to the next four
 */
export function stageRows(
  job: ConvolutionJob,
  group: i32,
  item: i32,
  first: i32,
  sampleStep: i32,
  rows: i32,
  to: usize,
  vectorStep: usize,
): void {
  const channels = job.inChannels;
  const vectors = (channels + 3) >> 2;
  // Rows before the signal's first sample, and up to its last.
  const before = first < 0 ? min(rows, (sampleStep - 1 - first) / sampleStep) : 0;
  const end = first < job.time ? min(rows, (job.time - 1 - first) / sampleStep + 1) : before;
  clearRows(to, 0, before, vectors, vectorStep);
  clearRows(to, end, rows, vectors, vectorStep);

  const rest = channels & 3;
  const slope = f32x4.splat(job.slopeBefore);
  const rowBytes = <usize>(channels * job.groups) * 4;
  const rowStep = rowBytes * sampleStep;
  let row = job.x + <usize>(item * job.time + first + before * sampleStep) * rowBytes;
  row += <usize>(group * channels) * 4;
  to += <usize>before * 16;
  const last = to + <usize>(end - before) * 16;
  for (; to < last; to += 16) {
    let from = row;
    let target = to;
    for (let left = channels; left >= 16; left -= 16) {
      v128.store(target, leaky(v128.load(from), slope));
      v128.store(target + vectorStep, leaky(v128.load(from, 16), slope));
      v128.store(target + vectorStep * 2, leaky(v128.load(from, 32), slope));
      v128.store(target + vectorStep * 3, leaky(v128.load(from, 48), slope));
      from += 64;
      target += vectorStep * 4;
    }
    if (channels & 8) {
      v128.store(target, leaky(v128.load(from), slope));
      v128.store(target + vectorStep, leaky(v128.load(from, 16), slope));
      from += 32;
      target += vectorStep * 2;
    }
    if (channels & 4) {
      v128.store(target, leaky(v128.load(from), slope));
      from += 16;
      target += vectorStep;
    }
    if (rest) v128.store(target, leaky(loadPart(from, rest), slope));
    row += rowStep;
  }
}

function clearRows(to: usize, first: i32, end: i32, vectors: i32, vectorStep: usize): void {
  if (first >= end) return;
  for (let v: usize = 0; v < <usize>vectors; v++) {
    memory.fill(to + v * vectorStep + <usize>first * 16, 0, <usize>(end - first) * 16);
  }
}

/**
 * The same for Winograd's ways: what a run of tiles of one strip reads, all parts.
 *
 * @param step the first that the run makes
 */
export function stageParts(
  job: ConvolutionJob,
  group: i32,
  item: i32,
  step: i32,
  pass: i32,
  rows: i32,
  to: usize,
  vectorStep: usize,
): void {
  const dilation = job.dilation;
  const first = step + pass * job.taps * dilation;
  const vectors = (job.inChannels + 3) >> 2;
  for (let part = 0; part < job.parts; part++) {
    stageRows(
      job,
      group,
      item,
      first * job.parts + part - job.pad,
      dilation * job.parts,
      rows,
      to + vectorStep * <usize>(part * vectors),
      vectorStep,
    );
  }
}

/**
 * Copies rows of one signal side by side, `[row][channels filled up to fours]`. The leaky ReLU is applied; what lies
 * beyond the signal's ends is zeros.
 *
 * @param first sample of the first row, may be negative
 * @param rowBytes from a row to the next at the destination
 */
export function stageDense(
  job: ConvolutionJob,
  group: i32,
  item: i32,
  first: i32,
  rows: i32,
  to: usize,
  rowBytes: usize,
): void {
  const channels = job.inChannels;
  const before = max(0, min(rows, -first));
  const end = max(before, min(rows, job.time - first));
  memory.fill(to, 0, <usize>before * rowBytes);
  memory.fill(to + <usize>end * rowBytes, 0, <usize>(rows - end) * rowBytes);
  const slope = f32x4.splat(job.slopeBefore);
  const fromStep = <usize>(channels * job.groups) * 4;
  let from = job.x + <usize>(item * job.time + first + before) * fromStep;
  from += <usize>(group * channels) * 4;
  to += <usize>before * rowBytes;
  const last = to + <usize>(end - before) * rowBytes;
  // Of one group, or of whole fours: else what lies beside a row is another group's.
  if (fromStep == rowBytes && (channels & 3) == 0) {
    copyLeaky(from, to, last - to, slope);
    return;
  }
  const whole = <usize>(channels & ~3) * 4;
  const rest = channels & 3;
  for (; to < last; to += rowBytes) {
    copyLeaky(from, to, whole, slope);
    if (rest) v128.store(to + whole, leaky(loadPart(from + whole, rest), slope));
    from += fromStep;
  }
}

/** @param bytes a multiple of 16 */
// @ts-ignore: decorators are AssemblyScript's
@inline
function copyLeaky(from: usize, to: usize, bytes: usize, slope: v128): void {
  const end = to + bytes;
  for (const fours = to + (bytes & ~63); to < fours; to += 64) {
    v128.store(to, leaky(v128.load(from), slope));
    v128.store(to, leaky(v128.load(from, 16), slope), 16);
    v128.store(to, leaky(v128.load(from, 32), slope), 32);
    v128.store(to, leaky(v128.load(from, 48), slope), 48);
    from += 64;
  }
  for (; to < end; to += 16) {
    v128.store(to, leaky(v128.load(from), slope));
    from += 16;
  }
}
