import { melOptions } from '@hifigan/audio';
import type { HifiGanConfig } from '@hifigan/config';
import type { Share } from '../share.js';
import { type BatchRecipe, batchesOf } from './batch-recipe.js';
import { BatchStream } from './batch-stream.js';
import { BatchThreads } from './batch-threads.js';
import { type DataKind, type DataOptions, threadsOf } from './data-options.js';
import type { RecordedClipsOptions } from './recorded-clips.js';

export interface OpenBatchesOptions {
  readonly config: HifiGanConfig;
  readonly clips: RecordedClipsOptions;
  readonly kind: DataKind;
  readonly seed: number;
  readonly data: DataOptions;
  /** Of each batch; default: all of it. */
  readonly share?: Share;
}

/** Batches that each thread makes ahead: one in the making, one that waits. */
const AHEAD_OF_EACH = 2;

/** Batches that are made ahead of the step. */
export function batchesAhead(threads: number): number {
  return threads > 0 ? AHEAD_OF_EACH * threads : 1;
}

/** The batches of a run, and how many threads make them; the stream is the caller's to dispose of. */
export function openBatches(options: OpenBatchesOptions): {
  readonly stream: BatchStream;
  readonly threads: number;
} {
  const { config, clips, kind, seed, share } = options;
  const recipe: BatchRecipe = {
    clips,
    batches: {
      batchSize: config.batch_size,
      segmentSize: config.segment_size,
      mel: melOptions(config),
      context: kind.cropContext,
      seed,
      ...(share && { share }),
    },
  };
  const threads = threadsOf(options);
  const batches = batchesOf(recipe);
  const stream = new BatchStream({
    maker: threads > 0 ? new BatchThreads({ recipe, threads }) : batches,
    perEpoch: batches.perEpoch,
    after: (place) => batches.after(place),
    ahead: batchesAhead(threads),
    now: () => performance.now(),
  });
  return { stream, threads };
}
