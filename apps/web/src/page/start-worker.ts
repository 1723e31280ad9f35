/** Starts a Worker that answers all calls of the protocol but `measure`: one is the studio's, and a training has its own. */
export function startWorker(): Worker {
  return new Worker(new URL('../worker/worker.ts', import.meta.url), { type: 'module' });
}

/** Starts a Worker that measures: of a few kilobytes, so that one may be started for each time, and ended. */
export function startMeasuring(): Worker {
  return new Worker(new URL('../worker/measuring-worker.ts', import.meta.url), { type: 'module' });
}
