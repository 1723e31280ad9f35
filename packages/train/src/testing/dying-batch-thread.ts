// A thread of `BatchThreads` that ends where the clip `dies` is to be read, and never gets done with `hangs`.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { recordedClips } from '../node/recorded-clips.js';
import { type BatchThreadStart, serveBatches } from '../node/serve-batches.js';

serveBatches(parentPort as MessagePort, workerData as BatchThreadStart, ({ clips }) => {
  const source = recordedClips(clips);
  return {
    ...source,
    load(index) {
      if (clips.ids[index] === 'dies') process.exit(7);
      if (clips.ids[index] === 'hangs') return new Promise(() => undefined);
      return source.load(index);
    },
  };
});
