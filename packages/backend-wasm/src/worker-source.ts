import { BUSY, CONTROL, FAILED, INSIDE } from './control-block.js';

/** What a worker is told at its start. */
export interface WorkerStart {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** From 1 on. */
  readonly thread: number;
}

/** What a worker tells: that it is about to work, or what went wrong. */
export type WorkerNews = { readonly ready: true } | { readonly failed: string };

/**
 * The program of a worker, a classic script: for Node's `eval`, or for a page's Blob. It listens to nobody
 * once it works: all goes through the memory. A trap inside an item is noted there before it ends.
 */
export function workerSource(host: 'node' | 'page'): string {
  const port = host === 'node' ? "require('node:worker_threads').parentPort" : 'self';
  return `'use strict';
const port = ${port};
port.onmessage = ({ data: { module, memory, thread } }) => {
  port.onmessage = null;
  const words = new Int32Array(memory.buffer, 0, ${(CONTROL * 2) / 4});
  try {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    port.postMessage({ ready: true });
    exports.work(thread);
  } catch (error) {
    if (Atomics.load(words, ${INSIDE / 4} + thread)) {
      Atomics.store(words, ${FAILED / 4}, 1);
      if (Atomics.sub(words, ${BUSY / 4}, 1) === 1) Atomics.notify(words, ${BUSY / 4});
    }
    port.postMessage({ failed: String(error) });
  }
  port.close();
};
`;
}
