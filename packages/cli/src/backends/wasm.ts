import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import type { Backend } from './backend.js';
import { quietTensors } from './quiet-tensors.js';

/** WebAssembly by @tensorflow/tfjs-backend-wasm, which uses one thread in Node. */
export const wasmBackend: Backend = {
  name: 'wasm',
  description: 'WebAssembly, runs everywhere (one thread in Node)',

  async available() {
    return typeof WebAssembly === 'object'
      ? { ok: true }
      : { ok: false, reason: 'this Node has no WebAssembly' };
  },

  async activate({ threads }) {
    const tf = await quietTensors();
    const wasm = await import('@tensorflow/tfjs-backend-wasm');
    // The binaries lie beside the module; the library would look for them beside the program.
    const module = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(dirname(module) + sep);
    if (threads !== undefined) wasm.setThreadsCount(threads);
    if (!(await tf.setBackend('wasm'))) {
      throw new Error('wasm: the WebAssembly backend did not start; try --backend cpu');
    }
  },
};
