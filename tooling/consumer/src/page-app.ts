import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a page of the app tells. */
export interface PageResult {
  readonly name: string;
  readonly threads: number;
  readonly build: string;
  readonly isolated: boolean;
  /** The middle of a convolution of ones, 7 taps, 32 channels. */
  readonly middle: number;
  /** The largest error of a spectrum and its way back. */
  readonly spectrum: number;
  readonly numTensors: number;
  readonly warnings: readonly string[];
}

const FILES = {
  'index.html':
    '<!doctype html><title>A stranger</title><script type="module" src="./main.js"></script>',
  'main.js': `
    import { compute } from './compute.js';
    const inWorker = new URLSearchParams(location.search).has('worker');
    window.result = inWorker
      ? new Promise((resolve, reject) => {
          const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
          worker.onmessage = ({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data));
          worker.onerror = ({ message }) => reject(new Error(message));
        })
      : compute();`,
  'worker.js': `
    import { compute } from './compute.js';
    compute().then(postMessage, (error) => postMessage({ error: String(error) }));`,
  'compute.js': `
    import { registerWasmBackend } from '@hifigan/backend-wasm';
    import { conv1d } from '@hifigan/ops';
    import * as tf from '@tensorflow/tfjs-core';

    export async function compute() {
      const warnings = [];
      const onWarning = (message) => warnings.push(message);
      const description = await registerWasmBackend({ threads: 3, onWarning });
      await tf.setBackend(description.name);
      const y = tf.tidy(() => conv1d(tf.ones([1, 900, 32]), tf.ones([7, 32, 32]), { padding: 'same' }));
      const middle = (await y.data())[450 * 32];
      // By the plain kernels.
      const errors = tf.tidy(() => {
        const signal = tf.linspace(-1, 1, 64);
        return tf.max(tf.abs(tf.sub(tf.spectral.irfft(tf.spectral.rfft(signal)), signal)));
      });
      const [spectrum] = await errors.data();
      tf.dispose([y, errors]);
      const { numTensors } = tf.memory();
      return { ...description, isolated: crossOriginIsolated, middle, spectrum, numTensors, warnings };
    }`,
};

/** Writes an app that uses the WebAssembly backend in a page, or in a Worker where the address ends in `?worker`. */
export function writePageApp(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(folder, name), text);
}
