import { Worker } from 'node:worker_threads';
import { BACKEND_NAME, registerWasmBackend } from '@hifigan/backend-wasm';
import * as tf from '@tensorflow/tfjs';

/** Milliseconds without progress after which threads are given up here: the usual ten seconds would be waited for. */
const PATIENCE = 300;

/** Our WebAssembly backend, with its threads at hand. */
export interface ThreadedWasm {
  /** The real ones, to be ended at will. */
  readonly workers: readonly Worker[];
  /** What the backend told since. */
  readonly warnings: readonly string[];
  /** Threads that compute now, the main one among them. */
  threads(): number;
  /** Calls `act` when the next kernel but `after` begins, before it does; once. Names are those of tfjs and of `ops`. */
  atKernel(kernel: string, after: number, act: () => void): void;
  /** Ends it, and takes it from tfjs. */
  remove(): void;
}

/** Starts the backend anew with so many threads, whatever the machine has, and makes it the active one. */
export async function startThreadedWasm(threads: number): Promise<ThreadedWasm> {
  if (tf.findBackendFactory(BACKEND_NAME)) tf.removeBackend(BACKEND_NAME);
  const workers: Worker[] = [];
  const warnings: string[] = [];
  const { postMessage } = Worker.prototype;
  // Each is told its module once; nobody else hands them out.
  Worker.prototype.postMessage = function (this: Worker, ...message) {
    workers.push(this);
    return postMessage.apply(this, message);
  };
  try {
    await registerWasmBackend({ threads, onWarning: (text) => warnings.push(text) });
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
  await tf.setBackend(BACKEND_NAME);
  const { runtime } = tf.backend() as unknown as {
    runtime: { patience: number; readonly threads: number };
  };
  runtime.patience = PATIENCE;
  return {
    workers,
    warnings,
    threads: () => runtime.threads,
    atKernel(kernelName, after, act) {
      const usual = tf.getKernel(kernelName, BACKEND_NAME);
      let left = after;
      const restore = () => {
        tf.unregisterKernel(kernelName, BACKEND_NAME);
        tf.registerKernel(usual);
      };
      tf.unregisterKernel(kernelName, BACKEND_NAME);
      tf.registerKernel({
        ...usual,
        kernelFunc(call) {
          if (left-- === 0) {
            restore();
            act();
          }
          return usual.kernelFunc(call);
        },
      });
    },
    remove: () => tf.removeBackend(BACKEND_NAME),
  };
}
