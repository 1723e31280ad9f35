import { expectClose, uniform } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';

/** An input of a function under test: its shape, and values where random ones will not do. */
export interface Input {
  readonly shape: readonly number[];
  readonly values?: Float32Array;
}

/**
 * Compares the gradients of `f` with central differences. In float32 these are good to about 1e-3, so the
 * step is large, and functions with kinks want values away from them.
 *
 * @param f from the inputs to a tensor of any shape; its gradient is asked for along a random direction
 */
export function expectGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: readonly Input[],
  { step = 1e-2, relative = 2e-3 }: { readonly step?: number; readonly relative?: number } = {},
): void {
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const values = inputs.map(
    ({ shape, values }, i) => values ?? awayFromZero(uniform(size(shape), 40 + i)),
  );
  const tensorsOf = (arrays: readonly Float32Array[]) =>
    arrays.map((array, i) => tf.tensor(array.slice(), [...inputs[i].shape]));
  tf.tidy(() => {
    const tensors = tensorsOf(values);
    const direction = tf.tidy(() => {
      const y = f(...tensors);
      return tf.tensor(uniform(y.size, 50), y.shape);
    });
    const weights = direction.dataSync();
    // In float64 from there: the loss is a sum, and the difference of two sums is small.
    const loss = (arrays: readonly Float32Array[]) =>
      tf.tidy(() => {
        const y = f(...tensorsOf(arrays)).dataSync() as Float32Array;
        return y.reduce((sum, value, i) => sum + value * weights[i], 0);
      });
    const gradients = tf.grads((...xs: tf.Tensor[]) => f(...xs))(tensors, direction);
    for (const [i, gradient] of gradients.entries()) {
      const differences = Float64Array.from(values[i], (value, at) => {
        const moved = (by: number) => {
          const other = values.map((array) => array.slice());
          other[i][at] = value + by;
          return loss(other);
        };
        return (moved(step) - moved(-step)) / (2 * step);
      });
      expectClose(gradient.dataSync(), differences, { relative }, `gradient to input ${i}`);
    }
  });
}

/** No value within 0.05 of 0. */
export function awayFromZero(values: Float32Array): Float32Array {
  return values.map((value) => value + (value < 0 ? -0.05 : 0.05));
}
