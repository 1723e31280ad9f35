import { Worker } from 'node:worker_threads';
import { BACKEND_NAME, registerWasmBackend } from '@hifigan/backend-wasm';
import * as tf from '@tensorflow/tfjs';

/**
 * Milliseconds without progress after which threads are given up here: the usual ten seconds would be waited for. On a
 * busy machine a thread that lives may get no processor for some tenths of a second.
 */
const PATIENCE = 2000;

/** What is changed of the compiled program. */
interface Program {
  parallel(kind: number, job: number, items: number, spins: number): number;
}

/** Our WebAssembly backend, with its threads at hand. */
export interface ThreadedWasm {
  /** The real ones, to be ended at will. */
  readonly workers: readonly Worker[];
  /** What the backend told since. */
  readonly warnings: readonly string[];
  /** Threads that compute now, the main one among them. */
  threads(): number;
  /**
   * Calls `act`, once, at an operation that threads share.
   *
   * @param when as it `begins`; or `within`, when the main thread has done its share and a worker is still at an
   * item, which is not at every operation
   * @param after how many such moments are passed over
   */
  atOperation(when: 'begins' | 'within', after: number, act: () => void): void;
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
    runtime: { patience: number; program: Program; readonly threads: number };
  };
  runtime.patience = PATIENCE;
  return {
    workers,
    warnings,
    threads: () => runtime.threads,
    atOperation(when, after, act) {
      const usual = runtime.program;
      let left = after;
      const moment = () => {
        if (left-- > 0) return;
        runtime.program = usual;
        act();
      };
      runtime.program = {
        ...usual,
        parallel(kind, job, items, spins) {
          if (when === 'begins') moment();
          // Within: the main thread returns without looking again whether the workers are done.
          const done = usual.parallel(kind, job, items, when === 'begins' ? spins : 0);
          if (when === 'within' && !done) moment();
          return done;
        },
      };
    },
    remove: () => tf.removeBackend(BACKEND_NAME),
  };
}
