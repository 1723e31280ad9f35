import {
  ADAMW_UPDATE,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  LEAKY_RELU_GRADIENT,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
} from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BACKEND_NAME } from '../backend.js';
import type { BuildName } from '../probe.js';
import { registerWasmBackend } from '../register.js';
import { numbers } from '../testing/backends.js';

const ADAMW = {
  learningRate: 1e-3,
  beta1: 0.8,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.01,
  step: 3,
};

/** Runs a kernel by its name; all of its outputs. */
function run(name: string, inputs: object, attributes: object = {}): tf.Tensor[] {
  const outputs: tf.Tensor | tf.Tensor[] = tf
    .engine()
    .runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap);
  return [outputs].flat();
}

/** One layer for each scheme, dilated, grouped and strided ones among them: `[kernel, stride, dilation, groups]`. */
const LAYERS = [
  [1, 1, 1, 1],
  [3, 1, 5, 1],
  [7, 1, 1, 1],
  [11, 1, 3, 1],
  [41, 4, 1, 4],
];

/** What a kernel makes of each layer, on signals long enough for several items. */
function ofLayers(
  kernel: (sizes: { taps: number; steps: number; groups: number }, geometry: object) => tf.Tensor[],
): tf.Tensor[] {
  return LAYERS.flatMap(([taps, stride, dilation, groups]) => {
    const steps = Math.floor((2003 - (taps - 1) * dilation - 1) / stride) + 1;
    const geometry = { stride, dilation, groups, padLeft: 0, padRight: 0, preActivationSlope: 0.1 };
    return kernel({ taps, steps, groups }, geometry);
  });
}

/** Work of several items each, and of what is left over. */
const WORK: Readonly<Record<string, () => tf.Tensor[]>> = {
  convolutions: () =>
    ofLayers(({ taps, groups }, geometry) =>
      run(
        CONV1D,
        { x: numbers([2, 2003, 20]), filter: numbers([taps, 20 / groups, 36], 2) },
        { ...geometry, activation: 'leakyRelu', activationSlope: 0.1 },
      ),
    ),
  'transposed convolutions': () =>
    ofLayers(({ taps, steps, groups }, geometry) =>
      run(
        CONV1D_TRANSPOSE,
        { x: numbers([2, steps, 36]), filter: numbers([taps, 20 / groups, 36], 2) },
        { ...geometry, outputLength: 2003 },
      ),
    ),
  'gradients of filters': () =>
    ofLayers(({ taps, steps }, geometry) =>
      run(
        CONV1D_BACKPROP_FILTER,
        { x: numbers([2, 2003, 20]), dy: numbers([2, steps, 36], 2) },
        { ...geometry, kernelSize: taps },
      ),
    ),
  'sums and means': () => {
    const x = numbers([3, 1001, 129]);
    return [tf.sum(x), tf.mean(x), tf.sum(x, [0, 1]), tf.sum(x, 1), tf.mean(x, [1, 2])];
  },
  'sums over wide rows': () => [tf.sum(numbers([40, 9001]), 0)],
  'sums of channels': () => run(CHANNEL_SUM, { x: numbers([2, 5001, 33]) }),
  'weight norm': () => run(WEIGHT_NORM, { v: numbers([5, 129, 300]), g: numbers([300], 2) }),
  'weight norm, gradient': () => {
    const [dw, v] = [numbers([5, 129, 300], 3), numbers([5, 129, 300])];
    const inverse = tf.div(1, tf.sqrt(tf.sum(tf.square(v), [0, 1])));
    return run(WEIGHT_NORM_GRADIENT, { dw, v, g: numbers([300], 2), inverse });
  },
  AdamW: () => {
    const [parameter, gradient, firstMoment] = [1, 2, 3].map((seed) => numbers([70_003], seed));
    const secondMoment = tf.square(numbers([70_003], 4));
    return run(ADAMW_UPDATE, { parameter, gradient, firstMoment, secondMoment }, ADAMW);
  },
  'single values': () => {
    const x = numbers([70_003]);
    return [tf.exp(x), tf.tanh(x), tf.log(tf.abs(x)), tf.leakyRelu(x, 0.1)];
  },
  pairs: () => {
    const [a, b] = [numbers([3, 30_001]), numbers([3, 30_001], 2)];
    return [
      tf.mul(a, b),
      tf.addN([a, b, a]),
      ...run(LEAKY_RELU_GRADIENT, { dy: a, x: b }, { slope: 0.1 }),
    ];
  },
  products: () => [
    tf.matMul(numbers([70, 513]), numbers([513, 83], 2)),
    tf.matMul(numbers([1025, 300]), numbers([300, 1], 2)),
    tf.matMul(numbers([1025, 300]), numbers([1025, 1], 2), true),
  ],
  movement: () => [
    tf.transpose(numbers([300, 401])),
    tf.reverse(numbers([3, 20_001]), 1),
    tf.pad(numbers([2, 300, 129]), [[0, 0], [3, 4], [1, 1]].map(([a, b]) => [a, b])), // biome-ignore format: short
    tf.mirrorPad(numbers([2, 30_001]), [[0, 0], [3, 4]].map(([a, b]) => [a, b]), 'reflect'), // biome-ignore format: short
  ],
};

type Values = tf.TypedArray[];

async function computeAll(build: BuildName, threads: number): Promise<Map<string, Values>> {
  if (tf.findBackendFactory(BACKEND_NAME)) tf.removeBackend(BACKEND_NAME);
  expect(await registerWasmBackend({ build, threads })).toMatchObject({ build, threads });
  await tf.setBackend(BACKEND_NAME);
  return new Map(
    Object.entries(WORK).map(([name, work]) => [
      name,
      tf.tidy(() => work().map((tensor) => tensor.dataSync())),
    ]),
  );
}

const results: Record<string, Map<string, Values>> = {};

beforeAll(async () => {
  tf.enableProdMode();
  results.simd = await computeAll('simd', 1);
  results.simdThreads = await computeAll('simd-threads', 3);
  results.relaxed = await computeAll('relaxed', 1);
  results.relaxedThreads = await computeAll('relaxed-threads', 3);
});

afterAll(() => {
  tf.removeBackend(BACKEND_NAME);
});

it.each(Object.keys(WORK))('%s: to the last bit the same on one thread and on three', (name) => {
  expect(results.simdThreads.get(name)).toEqual(results.simd.get(name));
  expect(results.relaxedThreads.get(name)).toEqual(results.relaxed.get(name));
});

it.each(Object.keys(WORK))('%s: with and without relaxed SIMD nearly the same', (name) => {
  results.relaxed.get(name)!.forEach((values, index) => {
    expectClose(values, results.simd.get(name)![index], { relative: 1e-5 });
  });
});
