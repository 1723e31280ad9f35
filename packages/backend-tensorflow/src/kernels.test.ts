import {
  ADAMW_UPDATE,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  type Conv1dGeometry,
  LEAKY_RELU_GRADIENT,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
} from '@hifigan/ops';
import { expectClose, requireNative } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { activateTensorflow, loadTensorflow, missingTensorflow } from './node/index.js';
import { outputLength } from './padding.js';
import { registerTensorflowKernels } from './register.js';

interface Case extends Conv1dGeometry {
  readonly batch: number;
  readonly time: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
}

const plain = { stride: 1, dilation: 1, groups: 1, padLeft: 0, padRight: 0 };
const CASES: Record<string, Case> = {
  'one tap': { ...plain, batch: 1, time: 5, inChannels: 3, outChannels: 4, kernelSize: 1 },
  same: {
    ...plain,
    batch: 2,
    time: 17,
    inChannels: 5,
    outChannels: 3,
    kernelSize: 7,
    padLeft: 3,
    padRight: 3,
  },
  valid: { ...plain, batch: 2, time: 17, inChannels: 5, outChannels: 3, kernelSize: 4 },
  'one-sided': {
    ...plain,
    batch: 1,
    time: 9,
    inChannels: 2,
    outChannels: 3,
    kernelSize: 3,
    padLeft: 2,
  },
  uneven: {
    ...plain,
    batch: 1,
    time: 9,
    inChannels: 2,
    outChannels: 3,
    kernelSize: 5,
    padLeft: 1,
    padRight: 4,
  },
  dilated: {
    ...plain,
    batch: 2,
    time: 31,
    inChannels: 4,
    outChannels: 6,
    kernelSize: 11,
    dilation: 5,
    padLeft: 25,
    padRight: 25,
  },
  'dilated, no padding': {
    ...plain,
    batch: 1,
    time: 31,
    inChannels: 4,
    outChannels: 6,
    kernelSize: 3,
    dilation: 5,
  },
  strided: {
    ...plain,
    batch: 2,
    time: 40,
    inChannels: 3,
    outChannels: 8,
    kernelSize: 5,
    stride: 3,
    padLeft: 2,
    padRight: 2,
  },
  'strided, samples left over': {
    ...plain,
    batch: 2,
    time: 23,
    inChannels: 3,
    outChannels: 8,
    kernelSize: 4,
    stride: 4,
  },
  'stride over the kernel': {
    ...plain,
    batch: 1,
    time: 23,
    inChannels: 3,
    outChannels: 4,
    kernelSize: 2,
    stride: 5,
  },
  upsampling: {
    ...plain,
    batch: 2,
    time: 24,
    inChannels: 4,
    outChannels: 6,
    kernelSize: 16,
    stride: 8,
    padLeft: 4,
    padRight: 4,
  },
  'odd upsampling': {
    ...plain,
    batch: 1,
    time: 15,
    inChannels: 4,
    outChannels: 6,
    kernelSize: 8,
    stride: 3,
    padLeft: 3,
    padRight: 2,
  },
  grouped: {
    ...plain,
    batch: 2,
    time: 33,
    inChannels: 8,
    outChannels: 16,
    kernelSize: 41,
    groups: 4,
    padLeft: 20,
    padRight: 20,
  },
  'grouped, strided': {
    ...plain,
    batch: 2,
    time: 64,
    inChannels: 16,
    outChannels: 32,
    kernelSize: 41,
    stride: 2,
    groups: 4,
    padLeft: 20,
    padRight: 20,
  },
  'grouped, strided by 4': {
    ...plain,
    batch: 2,
    time: 67,
    inChannels: 32,
    outChannels: 64,
    kernelSize: 41,
    stride: 4,
    groups: 16,
    padLeft: 20,
    padRight: 20,
  },
  'grouped, strided, samples left over': {
    ...plain,
    batch: 1,
    time: 70,
    inChannels: 4,
    outChannels: 4,
    kernelSize: 3,
    stride: 4,
    groups: 2,
    padLeft: 1,
  },
  'grouped, strided, dilated': {
    ...plain,
    batch: 1,
    time: 30,
    inChannels: 4,
    outChannels: 8,
    kernelSize: 3,
    stride: 2,
    dilation: 3,
    groups: 2,
    padLeft: 3,
    padRight: 3,
  },
  depthwise: {
    ...plain,
    batch: 1,
    time: 12,
    inChannels: 4,
    outChannels: 4,
    kernelSize: 3,
    groups: 4,
    padLeft: 1,
    padRight: 1,
  },
  'large filter, few positions': {
    ...plain,
    batch: 2,
    time: 9,
    inChannels: 512,
    outChannels: 1024,
    kernelSize: 5,
    stride: 3,
    padLeft: 2,
    padRight: 2,
  },
  'large filter, dilated, uneven': {
    ...plain,
    batch: 2,
    time: 11,
    inChannels: 512,
    outChannels: 1024,
    kernelSize: 5,
    dilation: 2,
    padLeft: 5,
    padRight: 2,
  },
  'large filter, same': {
    ...plain,
    batch: 1,
    time: 7,
    inChannels: 1024,
    outChannels: 1024,
    kernelSize: 5,
    padLeft: 2,
    padRight: 2,
  },
};

const native = requireNative('the native TensorFlow addon', missingTensorflow);

describe.skipIf(!native.available)('kernels on a native TensorFlow', () => {
  beforeAll(async () => {
    const { refused } = await activateTensorflow();
    expect(refused).toEqual([]);
  });

  it('registers once', () => {
    const before = numNativeTensors();
    const { kernels } = registerTensorflowKernels(loadTensorflow());
    expect(kernels).toContain(CONV1D);
    expect(numNativeTensors() - before).toBeLessThanOrEqual(0);
  });

  for (const [name, geometry] of Object.entries(CASES)) {
    it(`convolution and both gradients: ${name}`, () => {
      const { x, filter, dy } = arraysOf(geometry);
      const reference = naive(geometry, x.values, filter.values, dy.values);
      const attributes = { ...geometry, preActivationSlope: 1 };

      const [y] = run(CONV1D, { x, filter }, { ...attributes, activation: 'linear' });
      const [dx] = run(
        CONV1D_TRANSPOSE,
        { x: dy, filter },
        { ...attributes, outputLength: geometry.time },
      );
      const [dFilter] = run(CONV1D_BACKPROP_FILTER, { x, dy }, attributes);

      expect([y.shape, dx.shape, dFilter.shape]).toEqual([dy.shape, x.shape, filter.shape]);
      expectClose(y.values, reference.y, { relative: 5e-6 }, 'output');
      expectClose(dx.values, reference.dx, { relative: 5e-6 }, 'gradient to the input');
      expectClose(dFilter.values, reference.dFilter, { relative: 5e-6 }, 'gradient to the filter');
    });
  }

  for (const activation of ['linear', 'leakyRelu', 'tanh'] as const) {
    for (const name of ['same', 'strided', 'large filter, few positions']) {
      it(`leaky ReLU, convolution, bias, residual, ${activation}: ${name}`, () => {
        const geometry = CASES[name];
        const { x, filter, dy } = arraysOf(geometry);
        const bias = random([geometry.outChannels], 4);
        const residual = random(dy.shape, 5);
        const { y } = naive(geometry, x.values.map(leaky(0.1)), filter.values, dy.values);
        const reference = y.map((value, index) => {
          const sum = value + bias.values[index % geometry.outChannels] + residual.values[index];
          if (activation === 'tanh') return Math.tanh(sum);
          return activation === 'leakyRelu' ? leaky(0.2)(sum) : sum;
        });
        const [found] = run(
          CONV1D,
          { x, filter, bias, residual },
          { ...geometry, preActivationSlope: 0.1, activation, activationSlope: 0.2 },
        );
        // Sums of 60 leave tanh an error of their own where it is steep.
        expectClose(found.values, reference, { relative: activation === 'tanh' ? 3e-5 : 5e-6 });
      });
    }
  }

  it('transposed convolution with leaky ReLU and bias', () => {
    const geometry = CASES.upsampling;
    const { x, filter, dy } = arraysOf(geometry);
    const bias = random([geometry.inChannels], 4);
    const { dx } = naive(geometry, x.values, filter.values, dy.values.map(leaky(0.1)));
    const reference = dx.map((value, index) => value + bias.values[index % geometry.inChannels]);
    const [found] = run(
      CONV1D_TRANSPOSE,
      { x: dy, filter, bias },
      { ...geometry, preActivationSlope: 0.1, outputLength: geometry.time },
    );
    expectClose(found.values, reference, { relative: 5e-6 });
  });

  it('gradient to the filter with leaky ReLU', () => {
    const geometry = CASES['grouped, strided'];
    const { x, filter, dy } = arraysOf(geometry);
    const reference = naive(geometry, x.values.map(leaky(0.1)), filter.values, dy.values);
    const [found] = run(
      CONV1D_BACKPROP_FILTER,
      { x, dy },
      { ...geometry, preActivationSlope: 0.1 },
    );
    expectClose(found.values, reference.dFilter, { relative: 5e-6 });
  });

  it('gradient of the leaky ReLU', () => {
    const x = random([3, 4, 5], 1);
    const dy = random([3, 4, 5], 2);
    x.values[7] = 0;
    const reference = dy.values.map((value, index) => (x.values[index] > 0 ? value : 0.1 * value));
    const [found] = run(LEAKY_RELU_GRADIENT, { dy, x }, { slope: 0.1 });
    expectClose(found.values, reference, { relative: 1e-7 });
  });

  it.each([[[5]], [[300, 7]], [[3, 41, 64]], [[2, 3, 4, 5]]])(
    'sum over the channels: %j',
    (shape) => {
      const x = random(shape, 1);
      const channels = shape[shape.length - 1];
      const reference = new Float64Array(channels);
      x.values.forEach((value, index) => {
        reference[index % channels] += value;
      });
      const [found] = run(CHANNEL_SUM, { x }, {});
      expect(found.shape).toEqual([channels]);
      expectClose(found.values, reference, { relative: 5e-6 });
    },
  );

  // Shapes with few and with many values a thread, and with one channel.
  it.each([[[2, 3, 5]], [[5, 1024, 129]], [[3, 700, 1]]])(
    'weight norm and its gradients: %j',
    (shape) => {
      const v = random(shape, 1);
      const dw = random(shape, 2);
      const channels = shape[shape.length - 1];
      const g = random([channels], 3);
      const squares = new Float64Array(channels);
      const products = new Float64Array(channels);
      v.values.forEach((value, index) => {
        squares[index % channels] += value * value;
        products[index % channels] += value * dw.values[index];
      });
      const inverse = squares.map((square) => 1 / Math.sqrt(square));
      const dg = products.map((product, c) => product * inverse[c]);
      const reference = {
        w: new Float64Array(v.values.length),
        dv: new Float64Array(v.values.length),
      };
      v.values.forEach((value, index) => {
        const c = index % channels;
        const scale = g.values[c] * inverse[c];
        reference.w[index] = value * scale;
        reference.dv[index] = dw.values[index] * scale - value * scale * dg[c] * inverse[c];
      });

      const [w, foundInverse] = run(WEIGHT_NORM, { v, g }, {});
      expect([w.shape, foundInverse.shape]).toEqual([shape, [channels]]);
      expectClose(w.values, reference.w, { relative: 1e-6 }, 'w');
      expectClose(foundInverse.values, inverse, { relative: 1e-6 }, 'inverse');
      const [dv, foundDg] = run(WEIGHT_NORM_GRADIENT, { dw, v, g, inverse: foundInverse }, {});
      expect([dv.shape, foundDg.shape]).toEqual([shape, [channels]]);
      expectClose(dv.values, reference.dv, { relative: 1e-6 }, 'dv');
      expectClose(foundDg.values, dg, { relative: 1e-6 }, 'dg');
    },
  );

  it('our ops refuse shapes that do not fit', () => {
    const v = random([2, 3, 5], 1);
    expect(() => run(WEIGHT_NORM, { v, g: random([4], 2) }, {})).toThrow(
      /a value for each channel/,
    );
    const wrong = { dw: random([2, 3, 4], 1), v, g: random([5], 2), inverse: random([5], 3) };
    expect(() => run(WEIGHT_NORM_GRADIENT, wrong, {})).toThrow(/the shape of v/);
    const moments = { firstMoment: random([5], 3), secondMoment: random([5], 4) };
    const update = { parameter: random([5], 1), gradient: random([6], 2), ...moments };
    const attributes = { learningRate: 1, beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0, step: 1 };
    expect(() => run(ADAMW_UPDATE, update, attributes)).toThrow(/one shape/);
  });

  it('AdamW, three updates', () => {
    const options = {
      learningRate: 0.01,
      beta1: 0.8,
      beta2: 0.99,
      epsilon: 1e-8,
      weightDecay: 0.1,
    };
    const shape = [3, 5];
    let parameter = random(shape, 1);
    let firstMoment: Values = { shape, values: new Float32Array(15) };
    let secondMoment = firstMoment;
    const p = Float64Array.from(parameter.values);
    const m = new Float64Array(15);
    const v = new Float64Array(15);
    for (let step = 1; step <= 3; step++) {
      const gradient = random(shape, 10 + step);
      const inputs = { parameter, gradient, firstMoment, secondMoment };
      const before = Object.values(inputs).map(({ values }) => values.slice());
      const tensors = Object.entries(inputs).map(
        ([name, value]) => [name, tensorOf(value)] as const,
      );
      const outputs = runOnTensors(ADAMW_UPDATE, Object.fromEntries(tensors), { ...options, step });
      // The native library updates in place: the inputs must not have been those places.
      tensors.forEach(([name, tensor], index) => {
        expectClose(tensor.dataSync(), before[index], { max: 0 }, `${name} afterwards`);
        tensor.dispose();
      });
      [parameter, firstMoment, secondMoment] = outputs;
      for (let i = 0; i < p.length; i++) {
        const g = gradient.values[i];
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.99 * v[i] + 0.01 * g * g;
        const denominator = Math.sqrt(v[i] / (1 - 0.99 ** step)) + 1e-8;
        p[i] = p[i] * (1 - 0.01 * 0.1) - (0.01 * m[i]) / (1 - 0.8 ** step) / denominator;
      }
    }
    expectClose(parameter.values, p, { relative: 1e-6 }, 'parameter');
    expectClose(firstMoment.values, m, { relative: 1e-6 }, 'first moment');
    expectClose(secondMoment.values, v, { relative: 1e-6 }, 'second moment');
  });

  it('frees what it made when the native library refuses', () => {
    const wrong = { x: random([1, 8, 3], 1), filter: random([3, 2, 4], 2) };
    const attributes = { ...plain, padLeft: 3, preActivationSlope: 0.1, activation: 'linear' };
    expect(() => run(CONV1D, wrong, attributes)).toThrow(/depth|divisible/);
    const held = numNativeTensors();
    expect(() => run(CONV1D, wrong, attributes)).toThrow(/depth|divisible/);
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

interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Runs a registered kernel as the ops do, and checks that it leaves nothing behind but its outputs. */
function run(kernel: string, inputs: Record<string, Values>, attributes: object): Values[] {
  const tensors = Object.entries(inputs).map(([name, value]) => [name, tensorOf(value)] as const);
  try {
    return runOnTensors(kernel, Object.fromEntries(tensors), attributes);
  } finally {
    for (const [, tensor] of tensors) tensor.dispose();
  }
}

function runOnTensors(kernel: string, inputs: tf.NamedTensorMap, attributes: object): Values[] {
  // Values are uploaded at their first use, and constants are kept from it: native tensors, both.
  tf.dispose(tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap));
  const tensors = tf.memory().numTensors;
  const native = numNativeTensors();
  const outputs = [tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap)].flat();
  expect(tf.memory().numTensors).toBe(tensors + outputs.length);
  expect(numNativeTensors()).toBe(native + outputs.length);
  return outputs.map((tensor) => {
    const result = { shape: tensor.shape, values: tensor.dataSync() as Float32Array };
    tensor.dispose();
    return result;
  });
}

function numNativeTensors(): number {
  const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
  return binding.getNumOfTensors();
}

function tensorOf({ shape, values }: Values): tf.Tensor {
  return tf.tensor(values, [...shape], 'float32');
}

function arraysOf(geometry: Case): { x: Values; filter: Values; dy: Values } {
  const { batch, time, inChannels, outChannels, kernelSize, groups } = geometry;
  return {
    x: random([batch, time, inChannels], 1),
    filter: random([kernelSize, inChannels / groups, outChannels], 2),
    dy: random([batch, outputLength(time, kernelSize, geometry), outChannels], 3),
  };
}

/** Uniform in [-1, 1), from a linear congruential generator. */
function random(shape: readonly number[], seed: number): Values {
  const values = new Float32Array(shape.reduce((product, length) => product * length, 1));
  let state = (seed * 2654435761) >>> 0;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return { shape, values };
}

function leaky(slope: number): (value: number) => number {
  return (value) => (value < 0 ? slope * value : value);
}

/** A convolution and its gradients by their definition, in float64. */
function naive(geometry: Case, x: Float32Array, filter: Float32Array, dy: Float32Array) {
  const { batch, time, inChannels, outChannels, kernelSize, groups } = geometry;
  const outTime = outputLength(time, kernelSize, geometry);
  const inGroup = inChannels / groups;
  const outGroup = outChannels / groups;
  const y = new Float64Array(dy.length);
  const dx = new Float64Array(x.length);
  const dFilter = new Float64Array(filter.length);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < outTime; t++) {
      for (let k = 0; k < kernelSize; k++) {
        const from = t * geometry.stride + k * geometry.dilation - geometry.padLeft;
        if (from < 0 || from >= time) continue;
        for (let i = 0; i < inGroup; i++) {
          for (let out = 0; out < outChannels; out++) {
            const input = (b * time + from) * inChannels + Math.floor(out / outGroup) * inGroup + i;
            const weight = (k * inGroup + i) * outChannels + out;
            const output = (b * outTime + t) * outChannels + out;
            y[output] += x[input] * filter[weight];
            dx[input] += dy[output] * filter[weight];
            dFilter[weight] += dy[output] * x[input];
          }
        }
      }
    }
  }
  return { y, dx, dFilter };
}
