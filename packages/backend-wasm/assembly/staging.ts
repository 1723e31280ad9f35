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
