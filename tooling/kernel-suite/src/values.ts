import { type ConvolutionCase, outTimeOf, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs-core';

/** A tensor on no backend. */
export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Uniform in [-1, 1), the same at each run. */
export function random(shape: readonly number[], seed: number): Values {
  const size = shape.reduce((product, length) => product * length, 1);
  return { shape, values: uniform(size, seed) };
}

/** On the active backend; the caller's to dispose of. */
export function tensorOf({ shape, values }: Values): tf.Tensor {
  return tf.tensor(values, [...shape], 'float32');
}

/** What a convolution reads, its filter, and what comes out of it, or the gradient to that. */
export function arraysOf(c: ConvolutionCase): { x: Values; filter: Values; dy: Values } {
  return {
    x: random([c.batch, c.time, c.inChannels], 1),
    filter: random([c.kernelSize, c.inChannels / c.groups, c.outChannels], 2),
    dy: random([c.batch, outTimeOf(c), c.outChannels], 3),
  };
}

/** Length of the last axis. */
export function channelsOf({ shape }: Values): number {
  return shape[shape.length - 1]!;
}
