import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { tensorOf, type Values } from './values.js';

export interface RunKernelOptions {
  /** How many tensors the backend itself holds, where it can tell: a kernel must leave none but its outputs. */
  readonly held?: () => number;
}

/**
 * Runs a kernel of the active backend as the ops do, twice, and checks that it leaves nothing behind but its outputs
 * and its inputs as they were (some libraries update in place).
 */
export async function runKernel(
  kernel: string,
  inputs: Readonly<Record<string, Values>>,
  attributes: object,
  { held }: RunKernelOptions = {},
): Promise<Values[]> {
  const tensors: tf.NamedTensorMap = {};
  for (const [name, value] of Object.entries(inputs)) tensors[name] = tensorOf(value);
  const run = () =>
    [
      tf.engine().runKernel(kernel, tensors, attributes as tf.NamedAttrMap) as
        | tf.Tensor
        | tf.Tensor[],
    ].flat();
  try {
    // Values are uploaded at their first use, and constants are kept from it.
    tf.dispose(run());
    const before = { tensors: tf.memory().numTensors, held: held?.() ?? 0 };
    const outputs = run();
    expect(tf.memory().numTensors, 'tensors of tfjs').toBe(before.tensors + outputs.length);
    if (held) expect(held(), 'tensors of the backend').toBe(before.held + outputs.length);
    const results: Values[] = [];
    for (const tensor of outputs) {
      results.push({ shape: tensor.shape, values: (await tensor.data()) as Float32Array });
      tensor.dispose();
    }
    for (const [name, tensor] of Object.entries(tensors)) {
      const same = Buffer.from((await tensor.data()).slice().buffer).equals(
        Buffer.from(inputs[name]!.values.slice().buffer),
      );
      expect(same, `${name} is as it was`).toBe(true);
    }
    return results;
  } finally {
    tf.dispose(tensors);
  }
}
