import * as tf from '@tensorflow/tfjs-core';
import { runLazily } from './lazy-gradient.js';

/**
 * The vectors of the largest singular value, as unit vectors: `u [out]`, `v [rest]`. (A type, because
 * `tf.tidy` takes no interface for a container of tensors.)
 */
export type SpectralVectors = { readonly u: tf.Tensor1D; readonly v: tf.Tensor1D };

/** PyTorch's guard against a norm of zero. */
const EPSILON = 1e-12;

/**
 * One power iteration on a filter taken as the matrix W `[out, rest]`: `v = norm(Wᵀu)`, `u = norm(Wv)`.
 * No gradients; the new vectors are the caller's.
 *
 * @param filter `[kernel, in, out]`; `rest` is kernel times in, in this order
 * @param u `[out]`
 */
export function powerIteration(filter: tf.Tensor, u: tf.Tensor): SpectralVectors {
  const [v1, u1] = tf.tidy(() => {
    const matrix = asMatrix(filter);
    const v = unit(tf.matMul(matrix, tf.reshape(u, [-1, 1])));
    return [tf.reshape(v, [-1]), tf.reshape(unit(tf.matMul(v, matrix, true)), [-1])];
  });
  return { u: u1 as tf.Tensor1D, v: v1 as tf.Tensor1D };
}

/**
 * Spectral normalisation (Miyato et al., 2018): `filter / σ` with `σ = uᵀWv`. The gradient flows through
 * σ as well, with u and v constant, as in `torch.nn.utils.spectral_norm`.
 *
 * @param filter `[kernel, in, out]`
 */
export function spectralNorm(filter: tf.Tensor, { u, v }: SpectralVectors): tf.Tensor3D {
  return runLazily<'filter'>({
    inputs: { filter },
    forward(save) {
      const column = tf.matMul(tf.reshape(v, [1, -1]), asMatrix(filter));
      const inverse = tf.div(1, tf.sum(tf.mul(column, u)));
      save([filter, u, v, inverse]);
      return tf.mul(filter, inverse);
    },
    backward: (dw, [savedFilter, savedU, savedV, inverse]) => ({
      filter: () =>
        tf.tidy(() => {
          // d(1/σ) = -dσ / σ², and dσ/dW = u vᵀ
          const along = tf.mul(tf.sum(tf.mul(dw, savedFilter)), tf.square(inverse));
          const outer = tf.matMul(tf.reshape(savedV, [-1, 1]), tf.reshape(savedU, [1, -1]));
          const back = tf.reshape(tf.mul(outer, along), dw.shape);
          return tf.sub(tf.mul(dw, inverse), back);
        }),
    }),
  }) as tf.Tensor3D;
}

/** `[rest, out]`: the transpose of W, which in our layout costs nothing. */
function asMatrix(filter: tf.Tensor): tf.Tensor2D {
  return tf.reshape(filter, [-1, filter.shape[filter.shape.length - 1]]) as tf.Tensor2D;
}

function unit(x: tf.Tensor): tf.Tensor2D {
  return tf.div(x, tf.maximum(tf.sqrt(tf.sum(tf.square(x))), EPSILON)) as tf.Tensor2D;
}
