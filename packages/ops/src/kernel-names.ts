/**
 * The waist: the names and contracts of the kernels that a backend may bring for `@hifigan/ops`.
 *
 * Where a backend registers a kernel under one of these names (tfjs `registerKernel`), the ops call it;
 * where it does not, the composite of plain tfjs ops beside the op runs. Kernels know nothing of
 * gradients: those are defined once, in the ops.
 *
 * Layouts: activations `[batch, time, channels]`; filters `[kernel, inChannels / groups, outChannels]`.
 * A transposed convolution takes the filter of the convolution whose transpose it is, so
 * `[kernel, outChannels / groups, inChannels]` in its own terms. All tensors are float32.
 */

/**
 * Fused convolution.
 * Inputs {@link Conv1dInputs}, attributes {@link Conv1dAttributes}; one output `[batch, outTime, outChannels]`:
 * `activation(conv(leakyRelu(x, preActivationSlope), filter) + bias + residual)`.
 */
export const CONV1D = 'HifiganConv1d';

/**
 * Fused transposed convolution.
 * Inputs `x [batch, time, inChannels]`, `filter [kernel, outChannels / groups, inChannels]`, optional `bias`;
 * attributes {@link Conv1dTransposeAttributes}; one output `[batch, outTime, outChannels]`:
 * `convTranspose(leakyRelu(x, preActivationSlope), filter) + bias`.
 */
export const CONV1D_TRANSPOSE = 'HifiganConv1dTranspose';

/**
 * Gradient of a plain convolution with respect to its filter.
 * Inputs `x [batch, time, inChannels]` and `dy [batch, outTime, outChannels]`; attributes
 * {@link Conv1dBackpropFilterAttributes}; one output `[kernel, inChannels / groups, outChannels]`.
 * `x` is passed through the leaky ReLU of `preActivationSlope` first.
 *
 * (The gradient with respect to the input is `CONV1D_TRANSPOSE` without bias, and the reverse.)
 */
export const CONV1D_BACKPROP_FILTER = 'HifiganConv1dBackpropFilter';

/**
 * One AdamW update (decoupled weight decay, as PyTorch's `torch.optim.AdamW`).
 * Inputs {@link AdamWInputs} of one shape, attributes {@link AdamWAttributes}; three outputs: the new
 * parameter, first moment and second moment.
 */
export const ADAMW_UPDATE = 'HifiganAdamWUpdate';

/**
 * Gradient of the leaky ReLU.
 * Inputs `dy` and `x` of one shape, attributes {@link LeakyReluGradientAttributes}; one output:
 * `dy` where `x > 0`, else `slope * dy`. As the slope is positive, `x` may as well be the leaky ReLU's
 * output.
 */
export const LEAKY_RELU_GRADIENT = 'HifiganLeakyReluGradient';

/**
 * Sum over all axes but the last.
 * Input `x [..., channels]`; no attributes; one output `[channels]`. The gradient of a bias, and part of
 * weight norm: over the discriminators' filters a general reduction is slow enough to tell.
 */
export const CHANNEL_SUM = 'HifiganChannelSum';

/**
 * Weight normalisation.
 * Inputs `v [..., channels]` and `g [channels]`; no attributes; two outputs: `w = g * v / |v|` of the shape
 * of `v`, and `inverse [channels]`, one over the norm of each channel of `v`.
 */
export const WEIGHT_NORM = 'HifiganWeightNorm';

/**
 * Its gradients.
 * Inputs `dw` of the shape of `v`, `v`, `g` and `inverse`; no attributes; two outputs: `dv` and `dg`.
 */
export const WEIGHT_NORM_GRADIENT = 'HifiganWeightNormGradient';

/** The geometry of a convolution along time; pads are zeros on each side and may differ. */
export interface Conv1dGeometry {
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly padLeft: number;
  readonly padRight: number;
}

/** What follows the sum: nothing, leaky ReLU with `activationSlope`, or tanh. */
export type ActivationName = 'linear' | 'leakyRelu' | 'tanh';

export interface Conv1dInputs<T> {
  readonly x: T;
  readonly filter: T;
  /** `[outChannels]` */
  readonly bias?: T;
  /** The shape of the output; added before the activation. */
  readonly residual?: T;
}

export interface Conv1dAttributes extends Conv1dGeometry {
  /** Slope of the leaky ReLU applied to `x`; 1 means none. */
  readonly preActivationSlope: number;
  readonly activation: ActivationName;
  /** Read where `activation` is `leakyRelu`. */
  readonly activationSlope: number;
}

/** Here the geometry is that of the convolution whose transpose this is. */
export interface Conv1dTransposeAttributes extends Conv1dGeometry {
  readonly preActivationSlope: number;
  /** Samples of the output (the forward convolution's input length, which its output does not determine). */
  readonly outputLength: number;
}

export interface Conv1dBackpropFilterAttributes extends Conv1dGeometry {
  readonly preActivationSlope: number;
  readonly kernelSize: number;
}

export interface WeightNormInputs<T> {
  readonly v: T;
  readonly g: T;
}

export interface WeightNormGradientInputs<T> extends WeightNormInputs<T> {
  readonly dw: T;
  readonly inverse: T;
}

export interface LeakyReluGradientAttributes {
  readonly slope: number;
}

export interface AdamWInputs<T> {
  readonly parameter: T;
  readonly gradient: T;
  readonly firstMoment: T;
  readonly secondMoment: T;
}

export interface AdamWAttributes {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** The number of this update, from 1: the bias corrections are `1 - beta ** step`. */
  readonly step: number;
}
