import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe } from 'vitest';

/** Runs a suite on tfjs's plain backend and on its WebAssembly one. */
export function onBackends(suite: (backend: string) => void): void {
  for (const backend of ['cpu', 'wasm']) {
    describe(`on ${backend}`, () => {
      beforeAll(async () => {
        await tf.setBackend(backend);
      });
      suite(backend);
    });
  }
}
