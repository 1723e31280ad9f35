import {
  ADAMW_UPDATE,
  type AdamWAttributes,
  type AdamWInputs,
  LEAKY_RELU_GRADIENT,
  type LeakyReluGradientAttributes,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
  type WeightNormGradientInputs,
  type WeightNormInputs,
} from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { columnSums } from './column-sums.js';
import { elementwise } from './elementwise.js';
import type { ProgramBackend } from './program.js';

const lastOf = (shape: readonly number[]): number => shape[shape.length - 1]!;

/** The kernel `LEAKY_RELU_GRADIENT` of `@hifigan/ops`. */
export function leakyReluGradient(
  backend: ProgramBackend,
  { dy, x }: { readonly dy: TensorInfo; readonly x: TensorInfo },
  { slope }: LeakyReluGradientAttributes,
): TensorInfo {
  return elementwise(backend, {
    key: LEAKY_RELU_GRADIENT,
    value: 'select(dy[i] * uniforms.slope, dy[i], x[i] > 0.0)',
    inputs: { dy, x },
    shape: dy.shape,
    uniforms: [['slope', 'f32', slope]],
  });
}

/** The kernel `CHANNEL_SUM` of `@hifigan/ops`. */
export function channelSum(backend: ProgramBackend, { x }: { readonly x: TensorInfo }): TensorInfo {
  return columnSums(backend, { channels: lastOf(x.shape), of: { kind: 'values', x } });
}

/** The kernel `WEIGHT_NORM` of `@hifigan/ops`. */
export function weightNorm(
  backend: ProgramBackend,
  { v, g }: WeightNormInputs<TensorInfo>,
): TensorInfo[] {
  const channels = lastOf(v.shape);
  const of = { kind: 'squares', x: v } as const;
  const inverse = columnSums(backend, { channels, of, finish: 'inverse root' });
  const w = elementwise(backend, {
    key: WEIGHT_NORM,
    value: 'v[i] * (g[c] * inverse[c])',
    inputs: { v, g, inverse },
    shape: v.shape,
  });
  return [w, inverse];
}

/** The kernel `WEIGHT_NORM_GRADIENT` of `@hifigan/ops`. */
export function weightNormGradient(
  backend: ProgramBackend,
  { dw, v, g, inverse }: WeightNormGradientInputs<TensorInfo>,
): TensorInfo[] {
  const channels = lastOf(v.shape);
  const of = { kind: 'products', x: dw, y: v } as const;
  // The part of dw along v: it is the magnitude's, and the direction gets none of it.
  const dg = columnSums(backend, { channels, of, finish: { times: inverse } });
  const dv = elementwise(backend, {
    key: WEIGHT_NORM_GRADIENT,
    value: 'g[c] * inverse[c] * (dw[i] - v[i] * (dg[c] * inverse[c]))',
    inputs: { dw, v, g, inverse, dg },
    shape: v.shape,
  });
  return [dv, dg];
}

/** The kernel `ADAMW_UPDATE` of `@hifigan/ops`: a program writes one array, so that there are three. */
export function adamWUpdate(
  backend: ProgramBackend,
  { parameter, gradient, firstMoment, secondMoment }: AdamWInputs<TensorInfo>,
  { learningRate, beta1, beta2, epsilon, weightDecay, step }: AdamWAttributes,
): TensorInfo[] {
  const { shape } = parameter;
  const first = elementwise(backend, {
    key: `${ADAMW_UPDATE} first`,
    value: 'uniforms.kept * moment[i] + uniforms.share * gradient[i]',
    inputs: { moment: firstMoment, gradient },
    shape,
    uniforms: [
      ['kept', 'f32', beta1],
      ['share', 'f32', 1 - beta1],
    ],
  });
  const second = elementwise(backend, {
    key: `${ADAMW_UPDATE} second`,
    value: 'uniforms.kept * moment[i] + uniforms.share * gradient[i] * gradient[i]',
    inputs: { moment: secondMoment, gradient },
    shape,
    uniforms: [
      ['kept', 'f32', beta2],
      ['share', 'f32', 1 - beta2],
    ],
  });
  const updated = elementwise(backend, {
    key: `${ADAMW_UPDATE} parameter`,
    value:
      'parameter[i] * uniforms.kept - uniforms.rate * first[i] / (sqrt(second[i]) * uniforms.correction + uniforms.epsilon)',
    inputs: { parameter, first, second },
    shape,
    uniforms: [
      ['kept', 'f32', 1 - learningRate * weightDecay],
      ['rate', 'f32', learningRate / (1 - beta1 ** step)],
      ['correction', 'f32', 1 / Math.sqrt(1 - beta2 ** step)],
      ['epsilon', 'f32', epsilon],
    ],
  });
  return [updated, first, second];
}
