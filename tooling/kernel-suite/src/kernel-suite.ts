import {
  ADAMW_UPDATE,
  CHANNEL_SUM,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
  LEAKY_RELU_GRADIENT,
  WEIGHT_NORM,
  WEIGHT_NORM_GRADIENT,
} from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { adamWUpdateSuite } from './adamw-update.js';
import { channelSumSuite } from './channel-sum.js';
import { conv1dSuite } from './conv1d.js';
import { conv1dBackpropFilterSuite } from './conv1d-backprop-filter.js';
import { conv1dTransposeSuite } from './conv1d-transpose.js';
import { leakyReluGradientSuite } from './leaky-relu-gradient.js';
import { type RunKernelOptions, runKernel } from './run-kernel.js';
import type { Bounds, Suite } from './suite.js';
import { weightNormGradientSuite, weightNormSuite } from './weight-norm.js';

/** One for each name in `ops/src/kernel-names.ts`. */
export const SUITES: Readonly<Record<string, Suite>> = {
  [CONV1D]: conv1dSuite,
  [CONV1D_TRANSPOSE]: conv1dTransposeSuite,
  [CONV1D_BACKPROP_FILTER]: conv1dBackpropFilterSuite,
  [LEAKY_RELU_GRADIENT]: leakyReluGradientSuite,
  [CHANNEL_SUM]: channelSumSuite,
  [WEIGHT_NORM]: weightNormSuite,
  [WEIGHT_NORM_GRADIENT]: weightNormGradientSuite,
  [ADAMW_UPDATE]: adamWUpdateSuite,
};

const BOUNDS: Bounds = {
  convolution: 5e-6,
  tanh: 3e-5,
  channelSum: 5e-6,
  leakyRelu: 1e-7,
  weightNorm: 1e-6,
  update: 1e-6,
};

export interface KernelSuiteOptions extends RunKernelOptions {
  /** Names of those that the backend brings; default: all. For the others the ops have composites. */
  readonly kernels?: readonly string[];
  /** Where a backend needs other bounds than the usual ones, which are those of float32. */
  readonly bounds?: Partial<Bounds>;
}

/**
 * Defines the tests of a backend's kernels, each against its definition in float64. To be called in a `describe` whose
 * `beforeAll` makes the backend the active one of `@tensorflow/tfjs-core` and registers its kernels.
 */
export function kernelSuite({
  kernels = Object.keys(SUITES),
  bounds,
  ...options
}: KernelSuiteOptions = {}): void {
  for (const kernel of kernels) {
    describe(kernel, () => {
      it('is registered', () => {
        expect(tf.getKernel(kernel, tf.getBackend())).toBeDefined();
      });
      SUITES[kernel]!({
        bounds: { ...BOUNDS, ...bounds },
        run: (name, inputs, attributes) => runKernel(name, inputs, attributes, options),
      });
    });
  }
}
