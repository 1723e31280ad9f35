import { OutOfMemoryError } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { BACKEND_NAME, registerWasmBackend, type WasmMemoryInfo } from './index.js';
import { numbers } from './testing/backends.js';

// Really fills 4 GiB: `npm run test:slow`.

const GIBIBYTE = 2 ** 30;
/** Of 256 MiB. */
const LENGTH = 2 ** 26;

afterEach(() => tf.removeBackend(BACKEND_NAME));

const held = () => (tf.memory() as unknown as WasmMemoryInfo).heapBytes;

describe.each([1, 2])('on %i threads', (threads) => {
  it('what exceeds 4 GiB is an error that changes nothing, and work goes on', async () => {
    const { name } = await registerWasmBackend({ threads });
    await tf.setBackend(name);
    const refuse = (work: () => tf.Tensor) => {
      const before = { bytes: held(), ...tf.memory() };
      expect(() => tf.tidy(work)).toThrow(OutOfMemoryError);
      expect(() => tf.tidy(work)).toThrow(
        /must fit beside .* take a smaller batch or micro-batches/,
      );
      const after = { bytes: held(), ...tf.memory() };
      expect([after.bytes, after.numTensors]).toEqual([before.bytes, before.numTensors]);
    };
    // One that is too large, alone and as a result.
    refuse(() => tf.fill([GIBIBYTE], 1));
    refuse(() => tf.add(tf.fill([(5 * GIBIBYTE) / 8], 2), 1));
    expect(held()).toBe(0);

    const tensors: tf.Tensor1D[] = [];
    const fill = () => tf.fill<tf.Rank.R1>([LENGTH], tensors.length);
    for (;;) {
      try {
        tensors.push(fill());
      } catch (error) {
        expect(error).toBeInstanceOf(OutOfMemoryError);
        break;
      }
    }
    expect(tensors.length).toBe(15);
    // Results, and values from outside that come in, find no room.
    refuse(() => tf.add(tensors[0]!, tensors[1]!));
    refuse(() => tf.add(tf.tensor1d(new Float32Array(LENGTH)), 1));
    refuse(fill);
    // What is small still fits, and nothing was written over.
    const small = () =>
      tf.tidy(() => tf.matMul(numbers([8, 8]) as tf.Tensor2D, numbers([8, 8], 2) as tf.Tensor2D));
    const product = small();
    const expected = await product.data();
    const ends = tensors.map((tensor) =>
      [0, LENGTH - 1].map((at) => tf.tidy(() => tf.slice(tensor, at, 1).dataSync()[0])),
    );
    expect(ends).toEqual(tensors.map((_, index) => [index, index]));

    // Memory that is given back serves at once.
    tf.dispose(tensors.splice(0, 2));
    const sum = tf.add(tensors[0]!, tensors[1]!);
    expect(tf.tidy(() => tf.slice(sum, LENGTH - 1, 1).dataSync()[0])).toBe(2 + 3);
    tf.dispose([sum, product, ...tensors]);
    // Scratch memory stays.
    expect(held()).toBeLessThan(10_000);
    const again = small();
    expect(await again.data()).toEqual(expected);
    again.dispose();
  });
});
