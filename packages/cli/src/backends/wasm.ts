import { availableParallelism } from 'node:os';
import type { WasmMemoryInfo } from '@hifigan/backend-wasm';
import type { ActivateOptions, Backend } from './backend.js';
import { quietTensors } from './quiet-tensors.js';
import { MOST_THREADS, wasmFindings } from './wasm-findings.js';

/** What the backend that is registered was started with, by the latest command in this process. */
let started: ActivateOptions | undefined;

/** `i8x16.splat` and `i8x16.popcnt` in a function of their own. */
const SIMD_PROGRAM = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[10, 11, 1, 9, 0, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x62, 0x1a, 0x0b],
);

/** Our own kernels in WebAssembly, by @hifigan/backend-wasm. */
export const wasmBackend: Backend = {
  name: 'wasm',
  description: 'WebAssembly on all cores, runs everywhere',
  mostThreads: MOST_THREADS,
  // Winograd's planes over taps: 8 of 3, 21 of 7, 28 of 11; 28 for every 11 of 41; 8 of 5 alone is less.
  filterCopies: 2.7,

  async available() {
    if (typeof WebAssembly !== 'object') {
      return {
        ok: false,
        reason: 'this Node has no WebAssembly (--jitless leaves it out); take --backend cpu',
      };
    }
    if (!WebAssembly.validate(SIMD_PROGRAM)) {
      return {
        ok: false,
        reason:
          'this Node has no WebAssembly SIMD, which all its kernels use; take a processor with SSE4.1 or NEON, ' +
          'leave out flags that switch it off (NODE_OPTIONS), or take --backend cpu',
      };
    }
    return { ok: true };
  },

  async activate(options) {
    const tf = await quietTensors();
    const { BACKEND_NAME, registerWasmBackend } = await import('@hifigan/backend-wasm');
    // Once registered it stays as it is, whatever is asked for.
    if (started && started.threads !== options.threads && tf.findBackend(BACKEND_NAME)) {
      tf.removeBackend(BACKEND_NAME);
    }
    started = options;
    const { name } = await registerWasmBackend({
      threads: options.threads,
      onWarning: (message) => (started?.onWarning ?? console.warn)(message),
    });
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
    return wasmFindings(description, memory, {
      processors: availableParallelism(),
      asked: started?.threads,
    });
  },
};
