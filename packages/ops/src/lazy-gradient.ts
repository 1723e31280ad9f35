import * as tf from '@tensorflow/tfjs-core';

/** The gradient of each input, computed when it is asked for. */
export type LazyGradients<Name extends string> = Readonly<Record<Name, () => tf.Tensor>>;

/** An op whose gradients are computed one by one, and only those that somebody needs. */
export interface LazyOp<Name extends string> {
  /** By name; an input that is absent has no key. */
  readonly inputs: Readonly<Partial<Record<Name, tf.Tensor>>>;
  /** Computes the output. Tensors handed to `save` live until the backward pass is over. */
  forward(save: (tensors: tf.Tensor[]) => void): tf.Tensor;
  /**
   * @param dy gradient of the output; a gradient function must not return it itself (`clone` it),
   *   because tfjs disposes gradients that it adds up
   * @param saved what `forward` saved
   */
  backward(dy: tf.Tensor, saved: readonly tf.Tensor[]): LazyGradients<Name>;
}

/** The part of tfjs's engine that {@link runLazily} needs; private in its typings. */
interface GradientEngine {
  runKernelFunc(invocation: {
    readonly inputs: tf.NamedTensorMap;
    forwardFunc(backend: unknown, save: (tensors: tf.Tensor[]) => void): tf.Tensor;
    backwardsFunc(dy: tf.Tensor, saved: readonly tf.Tensor[]): Record<string, () => tf.Tensor>;
  }): tf.Tensor;
}

/**
 * Runs an op with a gradient of its own. `tf.customGrad` would do, but it computes the gradients of all
 * inputs at once: a generator's step would pay for the gradients of the discriminators' filters, a
 * quarter of its work, and throw them away. The hook underneath it takes one function an input.
 */
export function runLazily<Name extends string>(op: LazyOp<Name>): tf.Tensor {
  // Private, but the same since tfjs 1.0 and what `tf.customGrad` itself calls.
  const engine = tf.engine() as unknown as GradientEngine;
  return engine.runKernelFunc({
    inputs: op.inputs as tf.NamedTensorMap,
    forwardFunc: (_backend, save) => op.forward(save),
    backwardsFunc: (dy, saved) => op.backward(dy, saved),
  });
}
