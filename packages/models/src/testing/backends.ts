import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe } from 'vitest';

/** Runs a suite on tfjs's WebAssembly backend, which is quick enough for whole networks. */
export function onBackends(suite: (backend: string) => void): void {
  for (const backend of ['wasm']) {
    describe(`on ${backend}`, () => {
      beforeAll(async () => {
        await tf.setBackend(backend);
      });
      suite(backend);
    });
  }
}
