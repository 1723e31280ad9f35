import type { MessagePort } from 'node:worker_threads';
import { recordedClips } from '../node/recorded-clips.js';
import { type BatchThreadStart, serveBatches as serve } from '../node/serve-batches.js';

/** Ends its thread where the clip `dies` is to be read, and never gets done with `hangs`. */
export function serveBatches(port: MessagePort, start: BatchThreadStart): void {
  serve(port, start, ({ clips }) => {
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
}
