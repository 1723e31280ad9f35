import {
  ADAMW_UPDATE,
  type AdamWAttributes,
  type AdamWInputs,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  type Conv1dAttributes,
  type Conv1dBackpropFilterAttributes,
  type Conv1dInputs,
  type Conv1dTransposeAttributes,
  LEAKY_RELU_GRADIENT,
  type LeakyReluGradientAttributes,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
  type WeightNormGradientInputs,
  type WeightNormInputs,
} from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { adamWUpdate, type UpdateVariables, updateVariables } from './adamw-update.js';
import { type ChannelSumInputs, channelSum } from './channel-sum.js';
import { conv1d } from './conv1d.js';
import { type Conv1dBackpropFilterInputs, conv1dBackpropFilter } from './conv1d-backprop-filter.js';
import { conv1dTranspose } from './conv1d-transpose.js';
import { type LeakyReluGradientInputs, leakyReluGradient } from './leaky-relu-gradient.js';
import type { NativeOps } from './native-ops.js';
import { ownAdamWUpdate, ownChannelSum, ownWeightNorm, ownWeightNormGradient } from './own-ops.js';
import {
  probeAdamW,
  probeChannelSum,
  probeConv1d,
  probeConv1dBackpropFilter,
  probeConv1dTranspose,
  probeLeakyReluGradient,
  probeWeightNorm,
  probeWeightNormGradient,
  type RunOnArrays,
} from './probe.js';

type Inputs = Readonly<Record<string, TensorInfo | undefined>>;

/** Inputs and attributes as the contract of a kernel's name in `@hifigan/ops` says. */
export type Compute = (inputs: Inputs, attributes: object) => TensorInfo | TensorInfo[];

/** A kernel under its name, and ways to compute it: the first that the machine gets right is taken. */
export interface Kernel {
  readonly name: string;
  readonly ways: readonly Compute[];
  /** What is wrong with a way on this machine, if anything. */
  readonly probe: (run: RunOnArrays) => string | undefined;
}

/**
 * The kernels for a device. The one place where tfjs's untyped inputs and attributes meet the contracts of
 * `@hifigan/ops`.
 */
export function kernelsOn(native: NativeOps): Kernel[] {
  let variables: UpdateVariables | undefined;
  const own = (compute: Compute) => (native.onGpu ? [] : [compute]);
  const kernels: Kernel[] = [
    {
      name: CONV1D,
      ways: [
        (inputs, attributes) =>
          conv1d(
            native,
            inputs as unknown as Conv1dInputs<TensorInfo>,
            attributes as Conv1dAttributes,
          ),
      ],
      probe: probeConv1d,
    },
    {
      name: CONV1D_TRANSPOSE,
      ways: [
        (inputs, attributes) =>
          conv1dTranspose(
            native,
            inputs as unknown as Conv1dInputs<TensorInfo>,
            attributes as Conv1dTransposeAttributes,
          ),
      ],
      probe: probeConv1dTranspose,
    },
    {
      name: CONV1D_BACKPROP_FILTER,
      ways: [
        (inputs, attributes) =>
          conv1dBackpropFilter(
            native,
            inputs as unknown as Conv1dBackpropFilterInputs,
            attributes as Conv1dBackpropFilterAttributes,
          ),
      ],
      probe: probeConv1dBackpropFilter,
    },
    {
      name: LEAKY_RELU_GRADIENT,
      ways: [
        (inputs, attributes) =>
          leakyReluGradient(
            native,
            inputs as unknown as LeakyReluGradientInputs,
            attributes as LeakyReluGradientAttributes,
          ),
      ],
      probe: probeLeakyReluGradient,
    },
    {
      name: CHANNEL_SUM,
      ways: [
        ...own((inputs) => ownChannelSum(native, inputs as unknown as ChannelSumInputs)),
        (inputs) => channelSum(native, inputs as unknown as ChannelSumInputs),
      ],
      probe: probeChannelSum,
    },
    {
      name: ADAMW_UPDATE,
      ways: [
        ...own((inputs, attributes) =>
          ownAdamWUpdate(
            native,
            inputs as unknown as AdamWInputs<TensorInfo>,
            attributes as AdamWAttributes,
          ),
        ),
        (inputs, attributes) => {
          variables ??= updateVariables(native);
          return adamWUpdate(
            native,
            variables,
            inputs as unknown as AdamWInputs<TensorInfo>,
            attributes as AdamWAttributes,
          );
        },
      ],
      probe: probeAdamW,
    },
    {
      name: WEIGHT_NORM,
      ways: own((inputs) =>
        ownWeightNorm(native, inputs as unknown as WeightNormInputs<TensorInfo>),
      ),
      probe: probeWeightNorm,
    },
    {
      name: WEIGHT_NORM_GRADIENT,
      ways: own((inputs) =>
        ownWeightNormGradient(native, inputs as unknown as WeightNormGradientInputs<TensorInfo>),
      ),
      probe: probeWeightNormGradient,
    },
  ];
  // On a GPU there is nothing of ours: not refused, but not wanted.
  return kernels.filter(({ ways }) => ways.length > 0);
}
