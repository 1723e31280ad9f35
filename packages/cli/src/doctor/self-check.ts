import { conv1d, conv1dTranspose } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { seededRandom } from '../bench/seeded-random.js';

/** What came of computing a few convolutions on a backend. */
export interface SelfCheck {
  /** Largest difference from the definition, as a share of its largest value. */
  readonly maxError: number;
  readonly tolerance: number;
  readonly ok: boolean;
}

/** A GPU that rounds to TF32 is off by a thousandth; what is wrong is off by much more. */
const TOLERANCE = 5e-3;

const SHAPE = { time: 37, from: 8, to: 16, kernel: 3, dilation: 3, stride: 2, slope: 0.1 };

/** Layers as a generator has them, of the active backend against {@link byDefinition}. */
export async function selfCheck(): Promise<SelfCheck> {
  const { time, from, to, kernel, dilation, stride, slope } = SHAPE;
  const values = tf.tidy(() => {
    const x = tf.tensor(X, [1, time, from]);
    const hidden = conv1d(x, tf.tensor(FILTER, [kernel, from, to]), {
      ...{ dilation, padding: 'same' as const, preActivation: slope },
      bias: tf.tensor(BIAS, [to]),
    });
    return conv1dTranspose(hidden, tf.tensor(UP, [kernel, from, to]), {
      stride,
      preActivation: slope,
    });
  });
  try {
    return compare((await values.data()) as Float32Array, byDefinition());
  } finally {
    values.dispose();
  }
}

function compare(values: ArrayLike<number>, expected: ArrayLike<number>): SelfCheck {
  let error = values.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(values[i] - expected[i]);
    // Written so that NaN stays.
    if (!(difference <= error)) error = difference;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  const maxError = error / largest;
  return { maxError, tolerance: TOLERANCE, ok: maxError <= TOLERANCE };
}

/** The same layers as sums of products in 64 bits. */
export function byDefinition(): Float64Array {
  const { time, from, to, kernel, dilation, stride, slope } = SHAPE;
  const leaky = (value: number) => (value < 0 ? slope * value : value);
  const hidden = new Float64Array(time * to);
  for (let t = 0; t < time; t++) {
    for (let o = 0; o < to; o++) {
      let sum = BIAS[o];
      for (let k = 0; k < kernel; k++) {
        const at = t + (k - (kernel - 1) / 2) * dilation;
        if (at < 0 || at >= time) continue;
        for (let i = 0; i < from; i++) {
          sum += leaky(X[at * from + i]) * FILTER[(k * from + i) * to + o];
        }
      }
      hidden[t * to + o] = leaky(sum);
    }
  }
  const result = new Float64Array(((time - 1) * stride + kernel) * from);
  for (let t = 0; t < time; t++) {
    for (let k = 0; k < kernel; k++) {
      for (let o = 0; o < from; o++) {
        for (let i = 0; i < to; i++) {
          result[(t * stride + k) * from + o] += hidden[t * to + i] * UP[(k * from + o) * to + i];
        }
      }
    }
  }
  return result;
}

/** Numbers in −1…1 without a pattern, as float32 holds them; the same everywhere. */
function numbers(count: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => 2 * random() - 1);
}

const X = numbers(SHAPE.time * SHAPE.from, 1);
const FILTER = numbers(SHAPE.kernel * SHAPE.from * SHAPE.to, 2);
const BIAS = numbers(SHAPE.to, 3);
const UP = numbers(SHAPE.kernel * SHAPE.from * SHAPE.to, 4);
