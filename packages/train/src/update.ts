import * as tf from '@tensorflow/tfjs';
import type { AdamW } from './adamw.js';

/** Whose weights: the generator's, or those of all discriminators together. */
export type UpdateOf = 'generator' | 'discriminators';

/**
 * May look at gradients, in the order of the optimizer's parameters, summed over parts and ranks and not yet clipped;
 * they stay the step's.
 */
export type GradientObserver = (of: UpdateOf, gradients: readonly tf.Tensor[]) => void;

/**
 * Sums gradients over the processes that each learn from a share of the batch: takes them in the order of the
 * optimizer's parameters and gives as many back in that order, the same tensors or new ones. All of them are the
 * step's, those that were given too. Called in the same order on every process, within a `tf.tidy`.
 */
export type GradientReducer = (of: UpdateOf, gradients: readonly tf.Tensor[]) => tf.Tensor[];

/**
 * May take a gradient that is whole, to be summed while the next are computed; `reduce` gets it once more, as what it
 * was, though it may be disposed of by then. Not called where memory that runs out may have a pass done anew.
 */
export type GradientReady = (gradient: tf.Tensor) => void;

/** What happens to gradients on their way into the weights. */
export interface GradientOptions {
  readonly reduce?: GradientReducer;
  readonly ready?: GradientReady;
  readonly observe?: GradientObserver;
  /**
   * Largest global norm: gradients of a larger one are scaled down to it, those of each optimizer by themselves.
   * Default: none is scaled.
   */
  readonly clipNorm?: number;
  /** Whether the norm is wanted for itself; where gradients are clipped it is computed anyway. */
  readonly measureNorm?: boolean;
}

export interface UpdateOptions extends GradientOptions {
  readonly of: UpdateOf;
  readonly learningRate: number;
}

/** What PyTorch's clip_grad_norm_ adds to the norm that it divides by. */
const CLIP_EPSILON = 1e-6;

/**
 * The one place where gradients become an update: they are summed over processes, looked at, measured, clipped and
 * applied, in this order.
 *
 * @param gradients in the order of the optimizer's parameters; used up
 * @returns the caller's: their sum, and before clipping their global norm, where it was asked for or needed
 */
export function update(
  optimizer: AdamW,
  gradients: readonly tf.Tensor[],
  { of, learningRate, reduce, observe, clipNorm, measureNorm }: UpdateOptions,
): { readonly sum: tf.Scalar; readonly norm?: tf.Scalar } {
  const summed = reduce ? reduce(of, gradients) : gradients;
  const kept = new Set(summed);
  tf.dispose(gradients.filter((gradient) => !kept.has(gradient)));
  observe?.(of, summed);
  const sum = totalOf(summed);
  const norm = measureNorm || clipNorm !== undefined ? globalNorm(summed) : undefined;
  const scale = norm && clipNorm !== undefined ? clipScale(norm, clipNorm) : undefined;
  optimizer.apply(summed, learningRate, scale);
  scale?.dispose();
  tf.dispose([...summed]);
  return { sum, ...(norm && { norm }) };
}

/**
 * The sum of all values of all tensors; the caller's. NaN or infinite where a value is, for which it is there: one
 * look at each value, and nothing is read, so that the news comes with the losses and no queue is waited for.
 */
function totalOf(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => tf.sum(tf.stack(tensors.map((tensor) => tf.sum(tensor)))));
}

/**
 * The Euclidean norm of all values of all tensors, as of one long vector; the caller's. Two operations a tensor, and
 * nothing is read: where the backend has a queue, it stays full.
 */
export function globalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf.tidy(() => {
    // One after the other: the squares of all at once would be as large as they are.
    const squares = tensors.map((tensor) => tf.tidy(() => tf.sum(tf.square(tensor))));
    return tf.sqrt(tf.sum(tf.stack(squares)));
  });
}

/** min(1, most / (norm + 1e-6)), as PyTorch's clip_grad_norm_ has it; NaN where the norm is. The caller's. */
function clipScale(norm: tf.Scalar, most: number): tf.Scalar {
  return tf.tidy(() => tf.minimum(1, tf.div(most, tf.add(norm, CLIP_EPSILON))));
}
