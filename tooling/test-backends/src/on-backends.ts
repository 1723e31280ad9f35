import { describeOnBackends, type SuiteOptions } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { beforeAll } from 'vitest';
import { BACKENDS, type Backend, PLAIN_BACKEND } from './backends.js';

/** Prepares a backend for what does not depend on one: names, shapes, counts. */
export function onQuickBackend(): void {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });
}

/** Runs a suite on each backend that is there; it must leave no tensors behind. */
export function onBackends(suite: (backend: string) => void, options?: SuiteOptions): void {
  run(BACKENDS, suite, options);
}

/** The same for what takes long on composites, as a training step does. */
export function onBackendsWithKernels(
  suite: (backend: string) => void,
  options?: SuiteOptions,
): void {
  run(
    BACKENDS.filter(({ hasKernels }) => hasKernels),
    suite,
    options,
  );
}

/** On those with kernels and in plain JavaScript: for what is small and must compute the same on both. */
export function onBackendsAndPlain(suite: (backend: string) => void): void {
  run([PLAIN_BACKEND, ...BACKENDS.filter(({ hasKernels }) => hasKernels)], suite);
}

function run(
  backends: readonly Backend[],
  suite: (backend: string) => void,
  options?: SuiteOptions,
): void {
  describeOnBackends(backends, suite, () => tf.memory().numTensors, options);
}
