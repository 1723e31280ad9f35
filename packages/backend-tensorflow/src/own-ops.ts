import type {
  AdamWAttributes,
  AdamWInputs,
  WeightNormGradientInputs,
  WeightNormInputs,
} from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ChannelSumInputs } from './channel-sum.js';
import type { NativeOps } from './native-ops.js';

// Ops that `native/kernels.cc` adds to the library, for CPUs: one or two passes over the weights, where the
// library's own take ten. Where that module was not built or loaded the library does not know their names.

/** The kernel `WEIGHT_NORM` of `@hifigan/ops`. */
export function ownWeightNorm(
  native: NativeOps,
  { v, g }: WeightNormInputs<TensorInfo>,
): TensorInfo[] {
  return native.run((work) => work.ops('HifiganWeightNorm', [], [work.input(v), work.input(g)], 2));
}

/** The kernel `WEIGHT_NORM_GRADIENT` of `@hifigan/ops`. */
export function ownWeightNormGradient(
  native: NativeOps,
  { dw, v, g, inverse }: WeightNormGradientInputs<TensorInfo>,
): TensorInfo[] {
  return native.run((work) => {
    const inputs = [dw, v, g, inverse].map((tensor) => work.input(tensor));
    return work.ops('HifiganWeightNormGradient', [], inputs, 2);
  });
}

/** The kernel `CHANNEL_SUM` of `@hifigan/ops`: in double, and rounded once. */
export function ownChannelSum(native: NativeOps, { x }: ChannelSumInputs): TensorInfo {
  const [sum] = native.run((work) => [work.op('HifiganChannelSum', [], [work.input(x)])]);
  return sum;
}

/** The kernel `ADAMW_UPDATE` of `@hifigan/ops`. */
export function ownAdamWUpdate(
  native: NativeOps,
  { parameter, gradient, firstMoment, secondMoment }: AdamWInputs<TensorInfo>,
  { learningRate, beta1, beta2, epsilon, weightDecay, step }: AdamWAttributes,
): TensorInfo[] {
  return native.run((work) => {
    const inputs = [parameter, gradient, firstMoment, secondMoment].map((x) => work.input(x));
    // A tensor: as attributes they would have the library prepare the op anew in each step.
    const constants = native.floats([
      1 - learningRate * weightDecay,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      learningRate / (1 - beta1 ** step),
      1 / Math.sqrt(1 - beta2 ** step),
      epsilon,
    ]);
    return work.ops('HifiganAdamWUpdate', [], [...inputs, constants], 3);
  });
}
