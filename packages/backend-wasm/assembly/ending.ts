import { Activation, ConvolutionJob } from './convolution-job';
import { leaky, loadPart, storePart } from './lanes';
import { hyperbolicTangent } from './transcendental';

/**
 * Brings the sums of some steps to their places in `y`: bias, residual and activation are applied.
 *
 * @param step the first; the others are `stepBy` apart
 * @param from `[rows][phases · outChannels]`, `fromStep` bytes a row
 */
export function finishRows(
  job: ConvolutionJob,
  group: i32,
  item: i32,
  step: i32,
  stepBy: i32,
  rows: i32,
  from: usize,
  fromStep: usize,
): void {
  const channels = job.outChannels;
  const side = <usize>(group * channels) * 4;
  const rowBytes = <usize>(channels * job.groups) * 4;
  const bias = job.bias ? job.bias + side : <usize>0;
  if (job.phases == 1 && (channels & 3) == 0 && job.activation <= Activation.LeakyRelu) {
    // One phase cuts nothing off.
    const at = <usize>(item * job.outTime + step) * rowBytes + side;
    finishWholeRows(job, bias, at, rowBytes * stepBy, rows, from, fromStep);
    return;
  }
  if (rowBytes * stepBy == 4 && job.phases == 1) {
    finishOneChannel(job, bias, <usize>(item * job.outTime + step) * 4, rows, from, fromStep);
    return;
  }
  for (let phase = 0; phase < job.phases; phase++) {
    const sampleStep = stepBy * job.phases;
    let sample = step * job.phases + phase - job.cut;
    let at = <usize>(item * job.outTime + sample) * rowBytes + side;
    let sums = from + <usize>(phase * channels) * 4;
    for (let row = 0; row < rows; row++) {
      // Padding cuts off both ends of what phases make.
      if (<u32>sample < <u32>job.outTime) {
        finishChannels(job, sums, bias, job.residual ? job.residual + at : 0, job.y + at, channels);
      }
      sample += sampleStep;
      at += rowBytes * sampleStep;
      sums += fromStep;
    }
  }
}

/** The same for rows of one phase, channels in fours, without an activation or with the leaky ReLU. */
function finishWholeRows(
  job: ConvolutionJob,
  bias: usize,
  at: usize,
  atStep: usize,
  rows: i32,
  from: usize,
  fromStep: usize,
): void {
  const channelBytes = <usize>job.outChannels * 4;
  const slope = f32x4.splat(job.activation == Activation.LeakyRelu ? job.slopeAfter : 1);
  for (; rows > 0; rows--) {
    let sums = from;
    let y = job.y + at;
    const end = sums + channelBytes;
    if (job.residual) {
      let residual = job.residual + at;
      let add = bias;
      while (sums < end) {
        let value = v128.load(sums);
        if (bias) value = f32x4.add(value, v128.load(add));
        value = f32x4.add(value, v128.load(residual));
        v128.store(y, leaky(value, slope));
        sums += 16;
        residual += 16;
        add += 16;
        y += 16;
      }
    } else {
      let add = bias;
      while (sums < end) {
        let value = v128.load(sums);
        if (bias) value = f32x4.add(value, v128.load(add));
        v128.store(y, leaky(value, slope));
        sums += 16;
        add += 16;
        y += 16;
      }
    }
    from += fromStep;
    at += atStep;
  }
}

/** The same for rows of one phase and one channel that follow each other: four at a time. */
function finishOneChannel(
  job: ConvolutionJob,
  bias: usize,
  at: usize,
  rows: i32,
  from: usize,
  fromStep: usize,
): void {
  const slope = f32x4.splat(job.slopeAfter);
  const add = bias ? v128.load32_splat(bias) : f32x4.splat(0);
  for (; rows > 0; rows -= 4) {
    let value = v128.load32_zero(from);
    if (rows > 1) value = f32x4.replace_lane(value, 1, load<f32>(from + fromStep));
    if (rows > 2) value = f32x4.replace_lane(value, 2, load<f32>(from + fromStep * 2));
    if (rows > 3) value = f32x4.replace_lane(value, 3, load<f32>(from + fromStep * 3));
    value = f32x4.add(value, add);
    if (job.residual) value = f32x4.add(value, loadPart(job.residual + at, rows));
    storePart(job.y + at, activate(value, job.activation, slope), rows);
    from += fromStep * 4;
    at += 16;
  }
}

function finishChannels(
  job: ConvolutionJob,
  from: usize,
  bias: usize,
  residual: usize,
  y: usize,
  channels: i32,
): void {
  const activation = job.activation;
  const slope = f32x4.splat(job.slopeAfter);
  const end = from + <usize>(channels & ~3) * 4;
  while (from < end) {
    let value = v128.load(from);
    if (bias) {
      value = f32x4.add(value, v128.load(bias));
      bias += 16;
    }
    if (residual) {
      value = f32x4.add(value, v128.load(residual));
      residual += 16;
    }
    v128.store(y, activate(value, activation, slope));
    from += 16;
    y += 16;
  }
  const rest = channels & 3;
  if (rest == 0) return;
  let value = loadPart(from, rest);
  if (bias) value = f32x4.add(value, loadPart(bias, rest));
  if (residual) value = f32x4.add(value, loadPart(residual, rest));
  storePart(y, activate(value, activation, slope), rest);
}

// @ts-ignore: decorators are AssemblyScript's
@inline
function activate(value: v128, activation: i32, slope: v128): v128 {
  if (activation == Activation.LeakyRelu) return leaky(value, slope);
  if (activation == Activation.Tanh) return hyperbolicTangent(value);
  if (activation == Activation.SteepLeakyRelu) return f32x4.pmin(value, f32x4.mul(value, slope));
  return value;
}
