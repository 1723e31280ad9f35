import * as tf from '@tensorflow/tfjs-core';

/** The inputs of a kernel by name; absent ones may be undefined. */
export type KernelInputs = Readonly<Record<string, tf.Tensor | undefined>>;

/** Whether the active backend brings a kernel of that name (see `kernel-names.ts`). */
export function hasKernel(name: string): boolean {
  return tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel of the active backend. Returns one tensor, or as many as its contract says. */
export function runKernel<T extends tf.Tensor | tf.Tensor[]>(
  name: string,
  inputs: KernelInputs,
  attributes: object,
): T {
  const present: tf.NamedTensorMap = {};
  for (const [key, tensor] of Object.entries(inputs)) if (tensor) present[key] = tensor;
  // tfjs types attributes by a closed list of values; ours are plain numbers and strings.
  return tf.engine().runKernel(name, present, attributes as tf.NamedAttrMap) as T;
}
