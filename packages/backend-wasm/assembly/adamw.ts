import { ITEM_VALUES } from '../src/elementwise-codes';
import { loadPart, multiplyAdd, multiplySubtract, storePart } from './lanes';

/** One AdamW update, as PyTorch computes it. An item is a quarter of `ITEM_VALUES`: there are seven tensors. */
@unmanaged
export class AdamWJob {
  parameter: usize;
  gradient: usize;
  firstMoment: usize;
  secondMoment: usize;
  newParameter: usize;
  newFirstMoment: usize;
  newSecondMoment: usize;
  count: i32;
  beta1: f32;
  /** `1 - beta1`, and so on. */
  rest1: f32;
  beta2: f32;
  rest2: f32;
  epsilon: f32;
  /** `1 - learningRate * weightDecay` */
  decay: f32;
  /** `learningRate / (1 - beta1 ** step)` */
  rate: f32;
  /** `1 / sqrt(1 - beta2 ** step)` */
  correction: f32;
}

export function adamWItem(job: AdamWJob, item: i32): void {
  const first = item * (ITEM_VALUES / 4);
  const count = min(ITEM_VALUES / 4, job.count - first);
  const begin = <usize>first << 2;
  const end = begin + (<usize>count << 2);
  const beta1 = f32x4.splat(job.beta1);
  const rest1 = f32x4.splat(job.rest1);
  const beta2 = f32x4.splat(job.beta2);
  const rest2 = f32x4.splat(job.rest2);
  const epsilon = f32x4.splat(job.epsilon);
  const decay = f32x4.splat(job.decay);
  const rate = f32x4.splat(job.rate);
  const correction = f32x4.splat(job.correction);
  const parameters = job.parameter;
  const gradients = job.gradient;
  const firsts = job.firstMoment;
  const seconds = job.secondMoment;
  const newParameters = job.newParameter;
  const newFirsts = job.newFirstMoment;
  const newSeconds = job.newSecondMoment;
  for (let at = begin; at < end; at += 16) {
    const left = <i32>((end - at) >> 2);
    const whole = left >= 4;
    const gradient = whole ? v128.load(gradients + at) : loadPart(gradients + at, left);
    const oldFirst = whole ? v128.load(firsts + at) : loadPart(firsts + at, left);
    const oldSecond = whole ? v128.load(seconds + at) : loadPart(seconds + at, left);
    const parameter = whole ? v128.load(parameters + at) : loadPart(parameters + at, left);
    const moment = multiplyAdd(oldFirst, beta1, f32x4.mul(gradient, rest1));
    const square = f32x4.mul(f32x4.mul(gradient, gradient), rest2);
    const variance = multiplyAdd(oldSecond, beta2, square);
    const root = multiplyAdd(f32x4.sqrt(variance), correction, epsilon);
    const change = f32x4.div(moment, root);
    const updated = multiplySubtract(change, rate, f32x4.mul(parameter, decay));
    if (whole) {
      v128.store(newFirsts + at, moment);
      v128.store(newSeconds + at, variance);
      v128.store(newParameters + at, updated);
    } else {
      storePart(newFirsts + at, moment, left);
      storePart(newSeconds + at, variance, left);
      storePart(newParameters + at, updated, left);
    }
  }
}
