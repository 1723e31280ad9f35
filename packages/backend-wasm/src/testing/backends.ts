import { expectClose, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { BACKEND_NAME } from '../backend.js';
import { registerWasmBackend } from '../register.js';

/** Makes ours the active one. */
export async function activateWasm(): Promise<void> {
  await registerWasmBackend({ threads: 2 });
  await tf.setBackend(BACKEND_NAME);
}

export interface Computed {
  readonly shape: number[];
  readonly dtype: string;
  readonly values: number[] | string[];
}

/** What a function computes on a backend: all tensors that it returns. It must leave no memory behind. */
async function computedOn(
  backend: string,
  compute: () => tf.Tensor | tf.Tensor[],
): Promise<Computed[]> {
  await tf.setBackend(backend);
  const before = held();
  const outputs = [tf.tidy(compute)].flat();
  const results: Computed[] = [];
  for (const tensor of outputs) {
    const values = Array.from<unknown>(await tensor.data()) as number[] | string[];
    results.push({ shape: tensor.shape, dtype: tensor.dtype, values });
  }
  tf.dispose(outputs);
  expect(held(), `left behind on ${backend}`).toEqual(before);
  return results;
}

/** Tensors, values and bytes that are held now on the active backend. */
export function held(): object {
  const { numTensors, numDataBuffers, heapBytes } = tf.memory() as tf.MemoryInfo & {
    heapBytes?: number;
  };
  return { numTensors, numDataBuffers, heapBytes, ids: tf.backend().numDataIds() };
}

/**
 * Expects that our backend computes what tfjs's plain backend does: real numbers within `relative` of the largest,
 * all else to the last bit.
 */
export async function expectAsOnCpu(
  compute: () => tf.Tensor | tf.Tensor[],
  { relative = 0 }: { readonly relative?: number } = {},
): Promise<void> {
  const reference = await computedOn('cpu', compute);
  // Once for what is kept between runs, as scratch memory is.
  await tf.setBackend(BACKEND_NAME);
  tf.dispose(tf.tidy(compute));
  const found = await computedOn(BACKEND_NAME, compute);
  expect(found.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(
    reference.map(({ shape, dtype }) => ({ shape, dtype })),
  );
  found.forEach(({ values, dtype }, index) => {
    const expected = reference[index]!.values;
    if (relative === 0 || !/float|complex/.test(dtype)) expect(values).toEqual(expected);
    else expectClose(values as number[], expected as number[], { relative });
  });
}

/** Uniform in [-1, 1), the same at each call. */
export function numbers(shape: number[], seed = 1): tf.Tensor {
  return tf.tensor(uniform(tf.util.sizeFromShape(shape), seed), shape);
}
