import { activateTensorflow, missingTensorflow } from '@hifigan/backend-tensorflow/node';
import { requireNative } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe } from 'vitest';

/** Prepares the backend for what does not depend on one: names, shapes, counts. */
export function onQuickBackend(): void {
  beforeAll(async () => {
    await tf.setBackend('wasm');
  });
}

/**
 * Runs a suite on tfjs's WebAssembly backend, whose ops are the composites of `@hifigan/ops`, and on the
 * native one with its own kernels, where it is there. (Whole networks take minutes on tfjs's plain one.)
 */
export function onBackends(suite: (backend: string) => void): void {
  let held = 0;
  const remember = () => {
    held = tf.memory().numTensors;
  };
  const compare = () => {
    const left = tf.memory().numTensors - held;
    if (left !== 0) throw new Error(`${left} tensors were left behind`);
  };

  describe('on wasm', () => {
    beforeAll(async () => {
      await tf.setBackend('wasm');
      remember();
    });
    suite('wasm');
    afterAll(compare);
  });

  const native = requireNative('the native TensorFlow addon', missingTensorflow);
  describe.skipIf(!native.available)('on tensorflow', () => {
    beforeAll(async () => {
      await activateTensorflow();
      remember();
    });
    suite('tensorflow');
    afterAll(compare);
  });
}
