/** Starts a Worker that answers all calls of the protocol: one is the studio's, and a training has its own. */
export function startWorker(): Worker {
  return new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
}
