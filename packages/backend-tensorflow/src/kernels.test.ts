import { kernelSuite, random, runKernel } from '@hifigan/kernel-suite';
import { ADAMW_UPDATE, CHANNEL_SUM, CONV1D, WEIGHT_NORM, WEIGHT_NORM_GRADIENT } from '@hifigan/ops';
import { requireNative } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { FILTER_GRADIENT } from './conv1d-backprop-filter.js';
import {
  GROUPED_CONVOLUTION,
  GROUPED_FILTER_GRADIENT,
  GROUPED_INPUT_GRADIENT,
} from './grouped-convolution.js';
import { type NativeBackend, NativeOps } from './native-ops.js';
import { activateTensorflow, loadTensorflow, missingTensorflow } from './node/index.js';
import { registerTensorflowKernels } from './register.js';

const native = requireNative('the native TensorFlow addon', missingTensorflow);

describe.skipIf(!native.available)('kernels on a native TensorFlow', () => {
  beforeAll(async () => {
    const { refused } = await activateTensorflow();
    expect(refused).toEqual([]);
  });

  kernelSuite({ held: numNativeTensors });

  it('registers once', () => {
    const before = numNativeTensors();
    const { kernels } = registerTensorflowKernels(loadTensorflow());
    expect(kernels).toContain(CONV1D);
    expect(numNativeTensors() - before).toBeLessThanOrEqual(0);
  });

  it('our ops refuse shapes that do not fit', async () => {
    const v = random([2, 3, 5], 1);
    const g = random([5], 2);
    await expect(runKernel(WEIGHT_NORM, { v, g: random([4], 2) }, {})).rejects.toThrow(
      /a value for each channel/,
    );
    const wrong = { dw: random([2, 3, 4], 1), v, g, inverse: random([5], 3) };
    await expect(runKernel(WEIGHT_NORM_GRADIENT, wrong, {})).rejects.toThrow(/the shape of v/);
    const moments = { firstMoment: random([5], 3), secondMoment: random([5], 4) };
    const update = { parameter: random([5], 1), gradient: random([6], 2), ...moments };
    const attributes = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, step: 1 };
    await expect(runKernel(ADAMW_UPDATE, update, attributes)).rejects.toThrow(/one shape/);
  });

  it('sums a channel in double: what cancels is not lost', async () => {
    const terms = [16_777_216, 0.5, 1, 0.25, -16_777_216, -0.125];
    const x = { values: Float32Array.from(terms), shape: [3, 2] };
    const [sum] = await runKernel(CHANNEL_SUM, { x }, {});
    // In float32, 16,777,216 + 1 is 16,777,216.
    expect([...sum!.values]).toEqual([1, 0.625]);
    const many = { values: new Float32Array(2_000_000).fill(0.1), shape: [2_000_000, 1] };
    const [long] = await runKernel(CHANNEL_SUM, { x: many }, {});
    expect(long!.values[0]).toBe(Math.fround(2_000_000 * Math.fround(0.1)));
  });

  it('gives a clip of few channels a group the same bits whatever lies beside it', async () => {
    const attributes = {
      ...{ stride: 2, dilation: 1, groups: 4, padLeft: 20, padRight: 20 },
      ...{ preActivationSlope: 1, activation: 'linear' },
    };
    const filter = random([41, 2, 16], 1);
    const whole = random([3, 301, 8], 2);
    const [together] = await runKernel(CONV1D, { x: whole, filter }, attributes);
    for (let clip = 0; clip < 3; clip++) {
      const values = whole.values.slice(clip * 301 * 8, (clip + 1) * 301 * 8);
      const x = { values, shape: [1, 301, 8] };
      const [alone] = await runKernel(CONV1D, { x, filter }, attributes);
      const size = alone!.values.length;
      expect(alone!.values).toEqual(together!.values.slice(clip * size, (clip + 1) * size));
    }
  });

  it('the filter’s gradient of our own is there, and refuses what does not fit', () => {
    const native = new NativeOps(tf.backend() as unknown as NativeBackend);
    expect(native.knows(FILTER_GRADIENT)).toBe(true);
    const gradient = (x: number[], dy: number[], geometry: number[]) => () =>
      native.run((work) => {
        const inputs = [x, dy].map((shape) => work.input(tf.zeros(shape)));
        return [work.op(FILTER_GRADIENT, [], [...inputs, work.ints(geometry)])];
      });
    const misfit = /x and y or its gradient must have 3 axes and one batch, geometry 5 values/;
    expect(gradient([1, 8, 6], [2, 8, 6], [3, 1, 1, 1, 2])).toThrow(misfit);
    expect(gradient([1, 8, 6], [1, 8, 6], [3, 1, 1, 1, 4])).toThrow(misfit);
    expect(gradient([1, 8, 6], [1, 8, 6], [3, 0, 1, 1, 2])).toThrow(misfit);
    expect(gradient([1, 8, 6], [1, 8, 6], [3, 1, 1, 2])).toThrow(misfit);
    expect(gradient([1, 8, 6], [1, 8, 6], [3, 1, 1, -1, 2])).toThrow(misfit);
    // No channels: nothing to compute, and nothing to divide by.
    const [empty] = gradient([1, 8, 0], [1, 8, 4], [3, 1, 1, 1, 2])();
    tf.backend().disposeData(empty.dataId);
  });

  it('the grouped convolutions of our own are there, and refuse what does not fit', () => {
    const native = new NativeOps(tf.backend() as unknown as NativeBackend);
    const run =
      (op: string, shapes: number[][], ...integers: number[][]) =>
      () =>
        native.run((work) => {
          const inputs = shapes.map((shape) => work.input(tf.zeros(shape)));
          return [work.op(op, [], [...inputs, ...integers.map((numbers) => work.ints(numbers))])];
        });
    const filter = [9, 3, 4];
    for (const op of [GROUPED_CONVOLUTION, GROUPED_INPUT_GRADIENT, GROUPED_FILTER_GRADIENT]) {
      expect(native.knows(op), op).toBe(true);
    }
    const forward = (x: number[], geometry: number[], outputs = [8]) =>
      run(GROUPED_CONVOLUTION, [x, filter], geometry, outputs);
    expect(forward([1, 8, 6], [9, 1, 1, 4])).toThrow(/geometry 5 values/);
    expect(forward([1, 8, 6], [9, 1, 1, 4, 0])).toThrow(/geometry 5 values/);
    expect(forward([1, 8, 6], [9, 1, 1, 4, 4])).toThrow(/multiples of the groups/);
    expect(forward([1, 8, 12], [9, 1, 1, 4, 2])).toThrow(/filter must fit/);
    expect(forward([1, 8, 6], [7, 1, 1, 4, 2])).toThrow(/filter must fit/);
    expect(forward([1, 8, 6], [9, 1, 1, 4, 2], [-8])).toThrow(/filter must fit|invalid/i);
    const backward = (dy: number[], geometry: number[]) =>
      run(GROUPED_INPUT_GRADIENT, [dy, filter], geometry, [8]);
    expect(backward([1, 8, 8], [9, 1, 1, 4, 2])).toThrow(/filter must fit/);
    expect(backward([1, 8, 4], [9, 2, 2, 4, 2])).toThrow(/a stride needs a dilation of 1/);
    const gradient = run(
      GROUPED_FILTER_GRADIENT,
      [
        [1, 8, 6],
        [2, 8, 4],
      ],
      [9, 1, 1, 4, 2],
    );
    expect(gradient).toThrow(/one batch/);
    // No samples: nothing to compute.
    tf.backend().disposeData(forward([1, 0, 6], [9, 1, 1, 4, 2], [0])()[0].dataId);
  });

  it('frees what it made when the native library refuses', async () => {
    const wrong = { x: random([1, 8, 3], 1), filter: random([3, 2, 4], 2) };
    const attributes = {
      ...{ stride: 1, dilation: 1, groups: 1, padLeft: 3, padRight: 0 },
      ...{ preActivationSlope: 0.1, activation: 'linear' },
    };
    const refused = /depth|divisible/;
    await expect(runKernel(CONV1D, wrong, attributes)).rejects.toThrow(refused);
    const held = numNativeTensors();
    await expect(runKernel(CONV1D, wrong, attributes)).rejects.toThrow(refused);
    expect(numNativeTensors()).toBe(held);
  });
});

describe('registration', () => {
  it('refuses a module that is not tfjs-node', () => {
    const module = {
      findBackend: () => null,
      getKernel: () => undefined,
      registerKernel: () => {},
    };
    expect(() => registerTensorflowKernels(module)).toThrow(/backend tensorflow must be/);
  });
});

function numNativeTensors(): number {
  const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
  return binding.getNumOfTensors();
}
