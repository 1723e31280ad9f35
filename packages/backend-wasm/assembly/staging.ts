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
  const whole = channels >> 2;
  const rest = channels & 3;
  const slope = f32x4.splat(job.slopeBefore);
  const plain = job.slopeBefore == 1;
  const rowBytes = <usize>(channels * job.groups) * 4;
  const base = job.x + <usize>(item * job.time) * rowBytes + <usize>(group * channels) * 4;
  const zero = f32x4.splat(0);
  let sample = first;
  for (let row = 0; row < rows; row++) {
    let target = to;
    to += 16;
    if (sample < 0 || sample >= job.time) {
      for (let v = 0; v < whole; v++) {
        v128.store(target, zero);
        target += vectorStep;
      }
      if (rest) v128.store(target, zero);
    } else {
      let from = base + <usize>sample * rowBytes;
      if (plain) {
        for (let v = 0; v < whole; v++) {
          v128.store(target, v128.load(from));
          from += 16;
          target += vectorStep;
        }
      } else {
        for (let v = 0; v < whole; v++) {
          v128.store(target, leaky(v128.load(from), slope));
          from += 16;
          target += vectorStep;
        }
      }
      if (rest) v128.store(target, leaky(loadPart(from, rest), slope));
    }
    sample += sampleStep;
  }
}

/**
 * The same for Winograd's ways: rows of one of the `dilation` interleaved signals of an item of the batch,
 * all its parts.
 *
 * @param signal of all items of the batch
 * @param step of that signal, of the first row
 */
export function stageParts(
  job: ConvolutionJob,
  group: i32,
  signal: i32,
  step: i32,
  pass: i32,
  rows: i32,
  to: usize,
  vectorStep: usize,
): void {
  const dilation = job.dilation;
  const first = (step + pass * job.taps) * dilation + (signal % dilation);
  const vectors = (job.inChannels + 3) >> 2;
  for (let part = 0; part < job.parts; part++) {
    stageRows(
      job,
      group,
      signal / dilation,
      first * job.parts + part - job.pad,
      dilation * job.parts,
      rows,
      to + vectorStep * <usize>(part * vectors),
      vectorStep,
    );
  }
}
