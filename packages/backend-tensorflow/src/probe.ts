import type { Conv1dGeometry } from '@hifigan/ops';

/** Runs a kernel on arrays: hands over inputs by name with their shapes, returns the first output's values. */
export type RunOnArrays = (
  inputs: Readonly<Record<string, ProbeArray>>,
  attributes: object,
) => number[];

export interface ProbeArray {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

// Small whole numbers: sums are exact at any precision and in any order.
const GEOMETRY: Conv1dGeometry = { stride: 1, dilation: 2, groups: 2, padLeft: 1, padRight: 1 };
const KERNEL = 2;
const x = numbered([1, 4, 4]);
const filter = numbered([KERNEL, 2, 2]);
const dy = numbered([1, 4, 2]);

/** A dilated, grouped convolution with padding. Returns what is wrong, or nothing. */
export function probeConv1d(run: RunOnArrays): string | undefined {
  const attributes = {
    ...GEOMETRY,
    preActivationSlope: 1,
    activation: 'linear',
    activationSlope: 0,
  };
  return compare(run({ x, filter }, attributes), convolved());
}

/** Its gradient to the input: ⟨conv(x), dy⟩ = ⟨x, transposed(dy)⟩. */
export function probeConv1dTranspose(run: RunOnArrays): string | undefined {
  const attributes = { ...GEOMETRY, preActivationSlope: 1, outputLength: x.shape[1] };
  const dx = run({ x: dy, filter }, attributes);
  return compare([inner(dx, x.values)], [inner(convolved(), dy.values)]);
}

/** Its gradient to the filter: ⟨conv(x), dy⟩ = ⟨filter, gradient⟩. */
export function probeConv1dBackpropFilter(run: RunOnArrays): string | undefined {
  const attributes = { ...GEOMETRY, preActivationSlope: 1, kernelSize: KERNEL };
  const gradient = run({ x, dy }, attributes);
  return compare([inner(gradient, filter.values)], [inner(convolved(), dy.values)]);
}

/** Where x is negative, the gradient is multiplied by the slope. */
export function probeLeakyReluGradient(run: RunOnArrays): string | undefined {
  const inputs = {
    dy: { shape: [4], values: [1, -2, 4, -8] },
    x: { shape: [4], values: [-3, -1, 2, 1] },
  };
  return compare(run(inputs, { slope: 0.5 }), [0.5, -1, 4, -8]);
}

/** Sums of two channels. */
export function probeChannelSum(run: RunOnArrays): string | undefined {
  return compare(run({ x: { shape: [3, 2], values: [1, 10, 2, 20, 3, 30] } }, {}), [6, 60]);
}

const V = { shape: [2, 2], values: [3, 1, 4, 0] };
const G = { shape: [2], values: [10, 2] };

/** Columns of length 5 and 1. */
export function probeWeightNorm(run: RunOnArrays): string | undefined {
  return compare(run({ v: V, g: G }, {}), [6, 2, 8, 0]);
}

/** The part along v goes: dw · v / |v| is 7/5 and 1. */
export function probeWeightNormGradient(run: RunOnArrays): string | undefined {
  const dw = { shape: [2, 2], values: [1, 1, 1, 1] };
  const inverse = { shape: [2], values: [0.2, 1] };
  return compare(run({ dw, v: V, g: G, inverse }, {}), [0.32, 0, -0.24, 2]);
}

/** A first update from moments of zero moves each parameter by the learning rate against its gradient. */
export function probeAdamW(run: RunOnArrays): string | undefined {
  const zeros = { shape: [2], values: [0, 0] };
  const inputs = {
    parameter: { shape: [2], values: [1, 1] },
    gradient: { shape: [2], values: [4, -0.25] },
    firstMoment: zeros,
    secondMoment: zeros,
  };
  const attributes = {
    learningRate: 0.5,
    beta1: 0.5,
    beta2: 0.5,
    epsilon: 0,
    weightDecay: 0.5,
    step: 1,
  };
  return compare(run(inputs, attributes), [0.25, 1.25]);
}

/** The convolution of the probes, by its definition. */
function convolved(): number[] {
  const { dilation, groups, padLeft } = GEOMETRY;
  const [, time, inChannels] = x.shape;
  const [, inGroup, outChannels] = filter.shape;
  const result: number[] = [];
  for (let t = 0; t < dy.shape[1]; t++) {
    for (let out = 0; out < outChannels; out++) {
      const group = Math.floor((out * groups) / outChannels);
      let sum = 0;
      for (let k = 0; k < KERNEL; k++) {
        const from = t + k * dilation - padLeft;
        if (from < 0 || from >= time) continue;
        for (let i = 0; i < inGroup; i++) {
          const weight = filter.values[(k * inGroup + i) * outChannels + out];
          sum += weight * x.values[from * inChannels + group * inGroup + i];
        }
      }
      result.push(sum);
    }
  }
  return result;
}

function numbered(shape: readonly number[]): ProbeArray {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: Array.from({ length: size }, (_, index) => ((index * 7) % 5) - 2) };
}

function inner(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function compare(found: readonly number[], expected: readonly number[]): string | undefined {
  // Written so that a NaN is wrong.
  const right =
    found.length === expected.length &&
    found.every((value, index) => Math.abs(value - expected[index]) <= 1e-3);
  return right
    ? undefined
    : `it computes ${found.join(', ')} where ${expected.join(', ')} is right`;
}
