import type { MessagePort } from 'node:worker_threads';
import type { Batch, Place } from '../batches.js';
import type { ClipSource } from '../clip.js';
import { type BatchRecipe, batchesOf } from './batch-recipe.js';
import { recordedClips } from './recorded-clips.js';

/** What a thread that makes batches is told at its start. */
export interface BatchThreadStart {
  readonly recipe: BatchRecipe;
  /** Shared, one number: the clip that it reads, or −1. Stays readable where the thread ended of it. */
  readonly reading: Int32Array;
}

/** What it is asked, one after the other. */
export interface BatchRequest {
  readonly place: Place;
}

/** What it answers, in the order of the requests. */
export type BatchAnswer = { readonly batch: Batch } | { readonly error: SentError };

/** An error as it crosses threads, where only the names of the language's own classes survive. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
}

export const NOTHING_READ = -1;

/** Makes the batches that are asked for, until the thread is ended. */
export function serveBatches(
  port: MessagePort,
  { recipe, reading }: BatchThreadStart,
  open: (recipe: BatchRecipe) => ClipSource = ({ clips }) => recordedClips(clips),
): void {
  const source = open(recipe);
  const batches = batchesOf(recipe, {
    ids: source.ids,
    async load(index) {
      Atomics.store(reading, 0, index);
      const clip = await source.load(index);
      Atomics.store(reading, 0, NOTHING_READ);
      return clip;
    },
  });
  let last = Promise.resolve();
  port.on('message', ({ place }: BatchRequest) => {
    // One batch at a time, for the sake of memory.
    last = last.then(async () => {
      try {
        const batch = await batches.at(place);
        const answer: BatchAnswer = { batch };
        port.postMessage(answer, [
          batch.audio.buffer as ArrayBuffer,
          batch.mel.buffer as ArrayBuffer,
        ]);
      } catch (error) {
        const answer: BatchAnswer = { error: sent(error) };
        port.postMessage(answer);
      }
    });
  });
}

function sent(error: unknown): SentError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, code } = error as NodeJS.ErrnoException;
  return { name, message, ...(code !== undefined && { code }) };
}
