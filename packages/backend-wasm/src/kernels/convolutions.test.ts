import {
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  conv1d,
  conv1dTranspose,
  isOutOfMemory,
  OutOfMemoryError,
} from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { WasmBackend } from '../backend.js';
import { activateWasm, expectAsOnCpu, held, numbers } from '../testing/backends.js';

beforeAll(async () => {
  tf.enableProdMode();
  await activateWasm();
});

const CLOSE = { relative: 1e-5 };
const heap = () => (tf.backend() as WasmBackend).runtime.heap;

describe('a filter under another shape is another filter', () => {
  it('of a convolution', () =>
    expectAsOnCpu(() => {
      const filter = numbers([4, 4, 8], 2);
      const first = conv1d(numbers([1, 30, 4]), filter as tf.Tensor3D);
      const second = conv1d(numbers([1, 30, 8]), filter.reshape([2, 8, 8]));
      const third = conv1d(numbers([1, 30, 4]), filter.reshape([8, 4, 4]));
      return [first, second, third];
    }, CLOSE));

  it('of a transposed one', () =>
    expectAsOnCpu(() => {
      const filter = numbers([4, 4, 8], 2);
      const first = conv1dTranspose(numbers([1, 30, 8]), filter as tf.Tensor3D);
      const second = conv1dTranspose(numbers([1, 30, 8]), filter.reshape([2, 8, 8]));
      const third = conv1dTranspose(numbers([1, 30, 4]), filter.reshape([8, 4, 4]));
      return [first, second, third];
    }, CLOSE));
});

describe('where memory runs out half way, nothing stays behind', () => {
  const geometry = { stride: 1, dilation: 1, groups: 1, padLeft: 0, padRight: 0 };
  const WORK: Readonly<Record<string, () => tf.Tensor>> = {
    'a convolution after a steep leaky ReLU': () =>
      run(
        CONV1D,
        { x: numbers([2, 100, 8]), filter: numbers([7, 8, 8], 2) },
        { ...geometry, preActivationSlope: 2, activation: 'linear', activationSlope: 1 },
      ),
    'a dilated, strided transposed convolution': () =>
      run(
        CONV1D_TRANSPOSE,
        { x: numbers([2, 50, 8]), filter: numbers([7, 8, 8], 2) },
        { ...geometry, stride: 2, dilation: 2, preActivationSlope: 1, outputLength: 111 },
      ),
    'the gradient of a filter': () =>
      run(
        CONV1D_BACKPROP_FILTER,
        { x: numbers([2, 100, 8]), dy: numbers([2, 94, 8], 2) },
        { ...geometry, preActivationSlope: 0.1, kernelSize: 7 },
      ),
    'a matrix product': () => tf.matMul(numbers([30, 70]), numbers([70, 20], 2)),
    'sums of columns': () => tf.sum(numbers([4000, 30]), 0),
  };

  function run(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor {
    return tf.engine().runKernel(name, inputs, attributes);
  }

  it.each(Object.entries(WORK))('of %s', (_, work) => {
    // The memory of the runtime itself, which stays.
    tf.tidy(() => void work());
    const before = held();
    let tries = 0;
    for (let failing = 1; !succeeds(work, failing); failing++) {
      expect(held(), `after allocation ${failing} failed`).toEqual(before);
      tries = failing;
    }
    expect(tries).toBeGreaterThan(1);
    expect(held()).toEqual(before);
  });

  /** Whether the work is done although the allocation of that number fails, as there are fewer. */
  function succeeds(work: () => tf.Tensor, failing: number): boolean {
    const allocate = heap().allocate.bind(heap());
    let count = 0;
    const spy = vi.spyOn(heap(), 'allocate').mockImplementation((bytes) => {
      count++;
      if (count === failing) throw new OutOfMemoryError('no memory');
      return allocate(bytes);
    });
    try {
      tf.tidy(() => void work().dataSync());
      return true;
    } catch (error) {
      expect(isOutOfMemory(error)).toBe(true);
      return false;
    } finally {
      spy.mockRestore();
    }
  }
});
