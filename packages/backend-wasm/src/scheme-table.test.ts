import { CONV1D, CONV1D_BACKPROP_FILTER } from '@hifigan/ops';
import { expectClose } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BACKEND_NAME } from './backend.js';
import { MEASURED } from './measured-ways.js';
import { registerWasmBackend } from './register.js';
import {
  type ConvolutionQuestion,
  type ConvolutionWay,
  chooseWay,
  layerKey,
  passesOf,
  possibleWays,
  tapByTap,
} from './scheme-table.js';
import { numbers } from './testing/backends.js';

const QUESTION: ConvolutionQuestion = {
  operation: 'convolution',
  kernel: 7,
  stride: 1,
  dilation: 3,
  groups: 1,
  inChannels: 500,
  outChannels: 500,
  batch: 1,
  steps: 1000,
};

describe('chooseWay', () => {
  it('takes the fewest products for a layer that nobody measured', () => {
    expect(MEASURED).not.toHaveProperty([layerKey(QUESTION)]);
    expect(chooseWay(QUESTION)).toEqual({ scheme: 'double', taps: 7, passes: 1, parts: 1 });
  });

  it('goes tap by tap where nothing else is possible', () => {
    for (const change of [{ kernel: 1 }, { inChannels: 3 }, { stride: 2, dilation: 2 }]) {
      const question = { ...QUESTION, ...change };
      expect(chooseWay(question)).toEqual(tapByTap(question));
    }
  });

  it('takes what was measured', () => {
    for (const [key, entries] of Object.entries(MEASURED)) {
      const question = questionOf(key);
      expect(layerKey(question)).toBe(key);
      for (const [steps, passes] of entries) {
        expect(passesOf(chooseWay({ ...question, steps })), `${key}, ${steps} steps`).toBe(passes);
      }
    }
  });

  it('takes that of the nearest number where there are several', () => {
    const layers = Object.entries(MEASURED).flatMap(([key, [first, second]]) =>
      second && first[1] !== second[1] ? [{ question: questionOf(key), first, second }] : [],
    );
    expect(layers.length).toBeGreaterThan(0);
    for (const { question, first, second } of layers) {
      const passesAt = (steps: number) => passesOf(chooseWay({ ...question, steps }));
      // Halfway in octaves.
      const between = Math.sqrt(first[0] * second[0]);
      expect(passesAt(Math.ceil(between) - 1), layerKey(question)).toBe(first[1]);
      expect(passesAt(Math.floor(between) + 1), layerKey(question)).toBe(second[1]);
      expect(passesAt(1), layerKey(question)).toBe(first[1]);
      const inMany = chooseWay({ ...question, batch: 64, steps: first[0] });
      if (question.operation === 'convolution') {
        // An item's values may not depend on how many are with it.
        expect(passesOf(inMany), layerKey(question)).toBe(first[1]);
      } else if (64 * first[0] > between) {
        // Steps of all items of the batch count.
        expect(passesOf(inMany), layerKey(question)).not.toBe(first[1]);
      }
    }
  });
});

function questionOf(key: string): ConvolutionQuestion {
  const [kernel, stride, dilation, groups, inChannels, outChannels] = key
    .match(/\d+/g)!
    .map(Number);
  const operation = key.startsWith('gradient') ? 'filterGradient' : 'convolution';
  const [batch, steps] = [1, 1];
  return { operation, kernel, stride, dilation, groups, inChannels, outChannels, batch, steps };
}

describe('each possible way', () => {
  let way: ConvolutionWay | undefined;
  beforeAll(async () => {
    tf.enableProdMode();
    const { name } = await registerWasmBackend({
      threads: 2,
      chooseWay: (question) => way ?? tapByTap(question),
    });
    await tf.setBackend(name);
  });
  afterAll(() => tf.removeBackend(BACKEND_NAME));

  const layers = fc.record({
    kernel: fc.integer({ min: 2, max: 41 }),
    stride: fc.integer({ min: 1, max: 4 }),
    dilation: fc.constantFrom(1, 1, 2, 5, 12),
    groups: fc.integer({ min: 1, max: 2 }),
    inChannels: fc.integer({ min: 4, max: 17 }),
    outChannels: fc.integer({ min: 1, max: 17 }),
    batch: fc.integer({ min: 1, max: 3 }),
    steps: fc.integer({ min: 1, max: 400 }),
  });

  it.each(['convolution', 'filterGradient'] as const)('computes the same %s', (operation) => {
    fc.assert(
      fc.property(layers, (layer) => {
        const question = { ...layer, operation };
        const plain = computeBy(tapByTap(question), question);
        for (const other of possibleWays(question)) {
          const what = `${layerKey(question)} by ${other.passes} × ${other.scheme}`;
          expectClose(computeBy(other, question), plain, { relative: 2e-5 }, what);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('computes an item as if it were alone, bit by bit', () => {
    fc.assert(
      fc.property(layers, (layer) => {
        const question = { ...layer, operation: 'convolution' as const };
        for (const chosen of possibleWays(question)) {
          const whole = computeBy(chosen, question);
          const alone = computeBy(chosen, { ...question, batch: 1 });
          const what = `${layerKey(question)} by ${chosen.passes} × ${chosen.scheme}`;
          expect(whole.subarray(0, alone.length), what).toEqual(alone);
        }
      }),
      { numRuns: 60 },
    );
  });

  function computeBy(
    chosen: ConvolutionWay,
    {
      operation,
      kernel,
      stride,
      dilation,
      groups,
      inChannels,
      outChannels,
      batch,
      steps,
    }: ConvolutionQuestion,
  ): tf.TypedArray {
    way = chosen;
    const time = (steps - 1) * stride + (kernel - 1) * dilation + 1;
    const geometry = { stride, dilation, groups, padLeft: 0, padRight: 0, preActivationSlope: 0.1 };
    return tf.tidy(() => {
      const x = numbers([batch, time, groups * inChannels]);
      if (operation === 'filterGradient') {
        const dy = numbers([batch, steps, groups * outChannels], 2);
        const attributes = { ...geometry, kernelSize: kernel };
        return run(CONV1D_BACKPROP_FILTER, { x, dy }, attributes).dataSync();
      }
      const filter = numbers([kernel, inChannels, groups * outChannels], 2);
      const attributes = { ...geometry, activation: 'linear', activationSlope: 1 };
      return run(CONV1D, { x, filter }, attributes).dataSync();
    });
  }
});

function run(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes);
}
