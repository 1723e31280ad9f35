import { availableParallelism } from 'node:os';
import type { WasmMemoryInfo } from '@hifigan/backend-wasm';
import type { Backend } from './backend.js';
import { quietTensors } from './quiet-tensors.js';
import { wasmFindings } from './wasm-findings.js';

/** Our own kernels in WebAssembly, by @hifigan/backend-wasm. */
export const wasmBackend: Backend = {
  name: 'wasm',
  description: 'WebAssembly on all cores, runs everywhere',

  async available() {
    return typeof WebAssembly === 'object'
      ? { ok: true }
      : { ok: false, reason: 'this Node has no WebAssembly' };
  },

  async activate({ threads }) {
    const tf = await quietTensors();
    const { registerWasmBackend } = await import('@hifigan/backend-wasm');
    const { name } = await registerWasmBackend({ threads });
    if (!(await tf.setBackend(name))) {
      throw new Error('wasm: the WebAssembly backend did not start; try --backend cpu');
    }
  },

  async inspect({ active }) {
    if (!active) return [];
    const tf = await quietTensors();
    const { registerWasmBackend } = await import('@hifigan/backend-wasm');
    // Active already: this only asks.
    const description = await registerWasmBackend();
    const memory = tf.memory() as unknown as WasmMemoryInfo;
    return wasmFindings(description, memory, availableParallelism());
  },
};
